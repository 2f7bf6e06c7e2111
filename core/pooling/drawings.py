"""Drawings to begin with, as ``core.data.drawing`` writes them."""

THREE = (
    "zzzzu4555554y4bfffffff7v4bffffffffff6t4ffffb55557fff7s4ffb4l6fff4s44o8ff4zjbffzkffbzh17cff8"
    "z4afffff4y4fffffa4z4fffffff4z47adfffbzj1bff4zj4ffbzkbff4zi2eff4q44pbff8q4ffc71k28ffbr4fffff"
    "a79cefffe2s4afffffffffff5v17cfffec974z442"
)
FOUR_OR_NINE = (
    "zzzzs46789abcb51v4ffffffffffbu4fffffffeddfdu7ff5432idfdu9ff2ldfducfemdfduefcmdfdt2ff9mdfdt4"
    "ff7k13dfdt4fff78aceffffdu7fffffffffffcv7ffffeca8ffbw4431i1ff9zj3ff8zj4ff7zj5ff5zj7ff4zj8ff3"
    "zj9ff1zjbffzkcfdzkbfbzk151"
)
CORNER = "zzwcffffffczcffffffczj3ff4zjbf9zj6fe1zjbf6zj2fe1zj8f9zkdf4zkcc"  # a small 7
LETTER = (  # a capital A
    "zzzo44zk4ff4zjaffazi1ffff1zh7ffff7zhcffffczg4ffaaff4zaff44ffay1ffchcff1x7ff7h7ff7xcff1h1ffc"
    "w4ffajaff4vaff4j4ffau1ffc555555cff1t7ffffffffffff7tcffffffffffffcs4ffa55555555aff4raff4n4ff"
    "aq1ffcpcff1p7ff7p7ff7pcff1p1ffco4ffaraff4n4ff4r4ff4o44t44"
)
