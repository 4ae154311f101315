"""Data sets of any number of rows: a table of the collection's own shape, and no PNGs, or the same few
under many names."""

import os
import random

HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
FINDINGS = ("No Finding", "Effusion", "Mass", "Infiltration", "Nodule|Effusion", "Atelectasis")
IMAGES_A_PATIENT = 3.64  # 112,120 of 30,805


def write(folder, count, pngs=(), linked=0, seed=14):
    """`count` rows; the first `linked` of them have an image: one of `pngs`, by a link. Folder and number
    of patients."""
    chance = random.Random(seed)
    (folder / "images").mkdir(parents=True)
    patient = follow_up = 0
    with open(folder / "Data_Entry_2017_v2020.csv", "w", encoding="ascii") as table:
        print(HEADER, file=table)
        for number in range(count):
            if number == 0 or chance.random() < 1 / IMAGES_A_PATIENT:
                patient, follow_up = patient + 1, 0
                age, sex = chance.randrange(1, 90), chance.choice("FM")
            name = f"{patient:08d}_{follow_up:03d}.png"
            print(
                f"{name},{chance.choice(FINDINGS)},{follow_up},{patient},{age},{sex},"
                f"{chance.choice(('PA', 'AP'))},2500,2048,0.168,0.168",
                file=table,
            )
            if number < linked:
                target = folder / "images" / name
                source = pngs[number % len(pngs)]
                try:
                    os.link(source, target)
                except OSError:
                    os.symlink(source, target)
            follow_up += 1
    return folder, patient
