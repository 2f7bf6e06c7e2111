"""The order of experiments in each lesson, and the words on the control that chooses them."""

OPTIMIZERS = {
    "descend": "1 Look",
    "race": "2 Race",
    "sweep": "3 Sweep",
    "basin": "4 Basins",
    "backprop": "5 Backprop",
    "network": "6 Train",
    "seeds": "7 Compare",
    "online": "8 Doubt",
}
