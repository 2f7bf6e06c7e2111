"""Drawings to begin with, as ``core.data.drawing`` writes them: straight strokes of a mouse."""

FIVE = (
    "zzzzr677777777776u6ffffffffffff6t7ffffffffffff6t7ff7777777776u7ff7zj7ff7zj7ff7zj7ff7zj7ff7"
    "77777776v7fffffffffff6u6fffffffffff7v677777777ff7zj7ff7zj7ff7zj7ff7zj7ff7zj7ff7v677777777f"
    "f7u6fffffffffff7u6fffffffffff6v67777777776"
)
TRIANGLE = (
    "zzzzw66zk6ff6zjdffdzi6ffff6zhcffffczg5ffeeff5zbff88ffby4fff22fff4xaff9h9ffaw3fff2h2fff3vaf"
    "fajaffau2fff3j3fff2t9ffalaff9s2fff4l4fff2r8ffbnbff8q1eff5n5ffe1p7ffcpcff7peff777777777777f"
    "feo6ffffffffffffffffff6n6ffffffffffffffffff6o677777777777777776"
)
DRAWING = FIVE
