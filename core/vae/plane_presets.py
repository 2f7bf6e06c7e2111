"""Questions to guess at with trained autoencoders, each with what the model's numbers bear out."""

from __future__ import annotations

from core.experiment import Preset

PRESETS = (
    Preset(
        id="border",
        title="Between two digits",
        question="The mark stands between a 9 and a 7. What does the model decode there?",
        options=(
            "A 9 or a 7, whichever is nearer",
            "Something half-way, stroke by stroke",
            "Both at once, like a double exposure",
        ),
        settings={},
        watch="The large digit while you move across the mark: the loop opens.",
        saw="A classifier reads it as one with {read_first:.0%}, as the other with "
        "{read_second:.0%}. From tile to tile an image changes by {tile_step:.0%} of the distance "
        "between two real ones.",
        why="In training every image came as a little cloud around its code, and whatever lay in "
        "the cloud had to decode to it. Where the clouds of 9 and 7 overlap, the decoder makes "
        "what suits both.",
        next="Take the β-VAE: pulled together four times as hard, it is smoother, and of codes "
        "drawn blindly fewer become clear digits.",
        expected=1,
        outcome=lambda m: 0 if m["read_second"] < 0.2 else 1 if m["tile_leap"] < 0.35 else 2,
    ),
    Preset(
        id="half-way",
        title="Mix two digits",
        question="Mix two digits half and half: their pixels, or their codes. Which mixes does a "
        "classifier read with confidence?",
        options=("Those of codes, far more often", "Those of pixels", "Both alike"),
        settings={"start": 10, "end": 11},
        watch="The view Walk: the upper rows mix codes, the lowest mixes pixels.",
        saw="Of a hundred pairs {middle_sure:.0%} half-way between codes are read with over 90 %, "
        "and {faded_sure:.0%} half-way between pixels.",
        why="Half-way between the pixels of a 0 and a 1 lies no digit. Half-way between their "
        "codes the decoder makes a digit, for nearly everywhere on the map it learned to.",
        next="Click other images to walk between: which walk passes through a third digit?",
        expected=0,
        outcome=lambda m: (
            0
            if m["middle_sure"] - m["faded_sure"] > 0.3
            else 1
            if m["faded_sure"] - m["middle_sure"] > 0.3
            else 2
        ),
    ),
    Preset(
        id="holes",
        title="No bell curve",
        question="A VAE's codes are pulled to a bell curve around 0, and of codes drawn from it "
        "three in four decode to a clear digit. How many of a plain autoencoder's?",
        options=("As many", "Clearly fewer", "Hardly any"),
        settings={"model": "vae-mnist-plain"},
        watch="The axes of the map, then its middle, where all digits meet.",
        saw="{drawn_sure:.0%} of 200. The sharpest borders on its map are leaps of "
        "{tile_leap:.0%} of the distance between two real digits.",
        why="Nothing told this one where codes should lie, so they lie in rays around a crowded "
        "middle, and one has to know where to look. A classifier does not show it: it is "
        "as sure of this map as of the VAE's, rims without a single image included.",
        next="The denoising autoencoder, which mends spoilt images, spreads still wider. Switch "
        "the codes of real images on.",
        expected=1,
        outcome=lambda m: 0 if m["drawn_sure"] > 0.7 else 1 if m["drawn_sure"] > 0.3 else 2,
    ),
    Preset(
        id="book",
        title="A book of 128",
        question="A VQ-VAE takes the nearest of 128 codes. How many different images are on its "
        "map of 1,024 tiles?",
        options=("1,024, as on every map", "About 500", "At most 128"),
        settings={"model": "vae-mnist-vq"},
        watch="Green lines on the map: cells around each entry of the book.",
        saw="{map_pictures:.0f}. More than half of all steps from tile to tile change nothing; the "
        "sharpest are leaps of {tile_leap:.0%} of the distance between two real digits.",
        why="Each place becomes the entry nearest to it, so a cell is one image, and between cells "
        "there is nothing. The numbers themselves never reach the decoder.",
        next="Train one with two codes an image under Train: 128 times 128 images.",
        expected=2,
        outcome=lambda m: 0 if m["map_pictures"] > 900 else 1 if m["map_pictures"] > 128 else 2,
    ),
    Preset(
        id="sixteen",
        title="Sixteen numbers",
        question="This VAE may use 16 numbers for an image. How many does it use?",
        options=("All 16", "About two thirds", "Two, as for the map"),
        settings={"latent": "16"},
        watch="The view One number at a time: rows in which nothing changes.",
        saw="{active_dims:.0f} of 16. The map is a slice: its two directions hold "
        "{plane_share:.0%} of the codes' variance.",
        why="Every number costs nats. One that makes images no likelier than it costs is given up: "
        "it keeps to the prior whatever the image is (collapse), and the decoder ignores it.",
        next="Drag one that is used: stroke, slant or shape?",
        expected=1,
        outcome=lambda m: 0 if m["active_dims"] > 14 else 1 if m["active_dims"] > 5 else 2,
    ),
    Preset(
        id="clothes",
        title="Sixteen for clothes",
        question="For digits a VAE with 16 numbers uses eleven. The same one learned clothes, with "
        "their folds and prints. How many does it use?",
        options=("More than eleven", "About eleven", "Fewer"),
        settings={"model": "vae-fashion", "latent": "16"},
        watch="One number at a time: which changes the shape, which the brightness?",
        saw="{active_dims:.0f} of 16, and the map's two directions hold {plane_share:.0%} of the "
        "codes' variance.",
        why="A pixel's grey is its chance to be drawn black, and such draws are noise that no code "
        "foretells. A print gains less likelihood than its number would cost; shape and brightness "
        "pay.",
        next="The VAE of clothes with two numbers: find the border between a boot and a sneaker.",
        expected=2,
        outcome=lambda m: 0 if m["active_dims"] > 12 else 1 if m["active_dims"] > 9 else 2,
    ),
    Preset(
        id="arc",
        title="Straight or round",
        question="With 16 numbers, one walk goes straight through the middle, the other on an arc "
        "around it. How different are their images half-way?",
        options=("As two random digits", "Half as much as that", "Hardly"),
        settings={"latent": "16", "start": 13, "end": 18},
        watch="The view Walk: the two upper rows.",
        saw="By {ways_apart:.0%} of the distance between two random digits, though half-way the "
        "straight walk is only {middle/straight:.0%} as far out as its ends.",
        why="In many dimensions two codes stand nearly at a right angle, and the chord cuts off "
        "little of the arc. With two numbers they may lie opposite each other: then the straight "
        "way crosses the middle and the arc goes around the map.",
        next="Set latent numbers to 2 and walk from a 2 to a 7: which digits lie on the way?",
        expected=2,
        outcome=lambda m: 0 if m["ways_apart"] > 0.75 else 1 if m["ways_apart"] > 0.35 else 2,
    ),
    Preset(
        id="sums",
        title="Calculate with digits",
        question="A written digit, minus the mean code of its class, plus the mean of another. How "
        "often is that read as the other digit?",
        options=("Nearly always", "About three times in four", "One time in ten: a guess"),
        settings={"latent": "16", "a": 18, "b": 8, "c": 3},
        watch="The view Arithmetic: what of a is left in the result?",
        saw="{sums_right:.0%} of 180 sums. This one is read as the class of c with {sum_read:.0%}.",
        why="A difference of two means is the way from class to class, and much the same way for "
        "every handwriting. Not quite: nothing in training asked for straight ways.",
        next="Set latent numbers to 2: classes lie all around each other, and sums fail.",
        expected=1,
        outcome=lambda m: 0 if m["sums_right"] > 0.92 else 1 if m["sums_right"] > 0.5 else 2,
    ),
    Preset(
        id="told",
        title="Tell it the class",
        question="A conditional VAE is told: make a 3. How much of its map is read as 3?",
        options=("A tenth", "Half", "Nearly all"),
        settings={"model": "vae-mnist-conditional"},
        watch="Press another digit beside the map: the place stays, the digit changes.",
        saw="{class_right:.0%} of the map is read as the digit that was told.",
        why="What the decoder is told need not stand in the code, where it would cost nats. So the "
        "two numbers say the rest: slant and stroke.",
        next="Keep a slanted place and go through all ten digits: the same hand wrote them.",
        expected=2,
        outcome=lambda m: 0 if m["class_right"] < 0.3 else 1 if m["class_right"] < 0.8 else 2,
    ),
)
