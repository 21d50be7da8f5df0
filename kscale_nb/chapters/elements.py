"""Elements: what a metal asteroid and a carbonaceous chondrite hold of what the products take, by mass."""

from kscale_nb.chapters.supply import aluminium_in_slag, metal_molybdenum, metal_nickel
from kscale_nb.quantity import derived, given

# The asteroid: metal, with silicates in it
asteroid_metal = given("w_m", 85, "%", "metal in the asteroid, as on the surface of 1986 DA", "estimate", "sanchez2021", 40, 95)
asteroid_slag = derived("w_s", 1 - asteroid_metal, "%", "silicates in the asteroid: the smelter's slag")
extraction = given("u_e", 80, "%", "share of an element in the rock that its extraction wins", "estimate", "freitas1982", 50, 95)

# Metal of iron meteorites; nickel and molybdenum stand with the supply chain
metal_cobalt = given("w_{m,Co}", 0.5, "%", "cobalt in meteoritic metal", "measured", "scottironmet", 0.42, 0.58)
metal_phosphorus = given("w_{m,P}", 0.2, "%", "phosphorus in meteoritic metal", "measured", "scottironmet", 0.1, 0.5)
metal_sulphur = given("w_{m,S}", 0.3, "%", "sulphur in meteoritic metal, its troilite included", "measured", "scottironmet", 0.1, 1)
metal_carbon = given("w_{m,C}", 0.05, "%", "carbon in meteoritic metal", "estimate", "hirschmann2021", 0.0004, 0.11)
metal_copper = given("w_{m,Cu}", 150, "g/t", "copper in meteoritic metal", "estimate", "lovering1957", 75, 300)
metal_chromium = given("w_{m,Cr}", 50, "g/t", "chromium in meteoritic metal", "estimate", "lovering1957", 5, 200)
metal_iron = derived(
    "w_{m,Fe}", 1 - metal_nickel - metal_cobalt - metal_phosphorus - metal_sulphur - metal_carbon - metal_copper - metal_chromium - metal_molybdenum,
    "%", "iron in meteoritic metal, the rest of it",
)

# CI chondrites, the second stream: rock that has never been molten
chondrite_hydrogen = given("w_{c,H}", 1.97, "%", "hydrogen in CI chondrites", "measured", "palmeoneill2014", 1.8, 2.1)
chondrite_carbon = given("w_{c,C}", 3.48, "%", "carbon in CI chondrites", "measured", "palmeoneill2014", 3.2, 3.5)
chondrite_oxygen = given("w_{c,O}", 45.9, "%", "oxygen in CI chondrites", "measured", "palmeoneill2014", 45, 47)
chondrite_fluorine = given("w_{c,F}", 58.2, "g/t", "fluorine in CI chondrites", "measured", "palmeoneill2014", 54, 64)
chondrite_aluminium = given("w_{c,Al}", 0.84, "%", "aluminium in CI chondrites", "measured", "palmeoneill2014", 0.82, 0.868)
chondrite_silicon = given("w_{c,Si}", 10.7, "%", "silicon in CI chondrites", "measured", "palmeoneill2014", 10.5, 10.7)
chondrite_phosphorus = given("w_{c,P}", 985, "g/t", "phosphorus in CI chondrites", "measured", "palmeoneill2014", 967, 1220)
chondrite_sulphur = given("w_{c,S}", 5.35, "%", "sulphur in CI chondrites", "measured", "palmeoneill2014", 5.25, 6.25)
chondrite_chlorine = given("w_{c,Cl}", 698, "g/t", "chlorine in CI chondrites", "measured", "palmeoneill2014", 680, 698)
chondrite_potassium = given("w_{c,K}", 546, "g/t", "potassium in CI chondrites", "measured", "palmeoneill2014", 517, 560)
chondrite_titanium = given("w_{c,Ti}", 447, "g/t", "titanium in CI chondrites", "measured", "palmeoneill2014", 420, 451)
chondrite_chromium = given("w_{c,Cr}", 2623, "g/t", "chromium in CI chondrites", "measured", "palmeoneill2014", 2600, 2660)
chondrite_iron = given("w_{c,Fe}", 18.66, "%", "iron in CI chondrites", "measured", "palmeoneill2014", 18.1, 19)
chondrite_cobalt = given("w_{c,Co}", 513, "g/t", "cobalt in CI chondrites", "measured", "palmeoneill2014", 500, 513)
chondrite_copper = given("w_{c,Cu}", 133, "g/t", "copper in CI chondrites", "measured", "palmeoneill2014", 108, 133)
chondrite_lithium = given("w_{c,Li}", 1.45, "g/t", "lithium in CI chondrites", "measured", "palmeoneill2014", 1.45, 1.5)
chondrite_boron = given("w_{c,B}", 0.775, "g/t", "boron in CI chondrites", "measured", "palmeoneill2014", 0.27, 1.2)
chondrite_neon = given("w_{c,Ne}", 1.8e-4, "g/t", "neon in CI chondrites", "estimate", "lodders2009", 0.6e-4, 5.4e-4)
chondrite_argon = given("w_{c,Ar}", 1.3e-3, "g/t", "argon in CI chondrites", "estimate", "lodders2009", 0.4e-3, 4e-3)

# Ground that has lain in the solar wind, as the Moon's: helium there is some tens of grams in a tonne
regolith_neon = given("w_{r,Ne}", 0.5, "g/t", "neon in soil of the Moon", "estimate", "fegley1991", 0.05, 5)
regolith_argon = given("w_{r,Ar}", 1, "g/t", "argon in soil of the Moon", "estimate", "fegley1991", 0.1, 10)

# Silicates in the metal: we take potassium, titanium and chromium to stand to aluminium as in a chondrite
slag_oxygen = given("w_{s,O}", 44, "%", "oxygen in the silicates of the slag", "estimate", "bild1977", 41.9, 46.3)
slag_potassium = derived("w_{s,K}", aluminium_in_slag * chondrite_potassium / chondrite_aluminium, "g/t", "potassium in the silicates of the slag, if chondritic")
slag_titanium = derived("w_{s,Ti}", aluminium_in_slag * chondrite_titanium / chondrite_aluminium, "g/t", "titanium in the silicates of the slag, if chondritic")
slag_chromium = derived("w_{s,Cr}", aluminium_in_slag * chondrite_chromium / chondrite_aluminium, "g/t", "chromium in the silicates of the slag, if chondritic")

