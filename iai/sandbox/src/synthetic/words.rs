//! The words that synthetic goods are told with.

/// A word or a text in Polish and in English.
pub(super) type Word = [&'static str; 2];

/// The departments of the shop with their aisles.
pub(super) const DEPARTMENTS: [(Word, [Word; 3]); 3] = [
    (
        ["Odzież", "Clothing"],
        [["Swetry", "Jumpers"], ["Koszule", "Shirts"], ["Czapki i szaliki", "Hats & scarves"]],
    ),
    (["Mieszkanie", "Home"], [["Kuchnia", "Kitchen"], ["Łazienka", "Bathroom"], ["Światło", "Light"]]),
    (["Na drogę", "On the road"], [["Torby", "Bags"], ["Namioty", "Tents"], ["Rowery", "Bicycles"]]),
];

/// The shelves of each aisle.
pub(super) const SHELVES: [Word; 3] =
    [["Dla dorosłych", "For grown-ups"], ["Dla dzieci", "For children"], ["Ostatnie sztuki", "Last pieces"]];

/// What is worn, and has sizes.
pub(super) const WORN: [Word; 6] = [
    ["Sweter", "Jumper"],
    ["Koszula lniana", "Linen shirt"],
    ["Kurtka przeciwdeszczowa", "Rain jacket"],
    ["Spodnie robocze", "Work trousers"],
    ["Bluza z kapturem", "Hooded sweatshirt"],
    ["Kamizelka", "Waistcoat"],
];

/// What has none.
pub(super) const THINGS: [Word; 8] = [
    ["Dzbanek", "Jug"],
    ["Lampka nocna", "Night lamp"],
    ["Ręcznik", "Towel"],
    ["Bidon 0,7 l", "Bottle 0.7 l"],
    ["Miska emaliowana", "Enamel bowl"],
    ["Worek żeglarski", "Kit bag"],
    ["Dzwonek rowerowy", "Bicycle bell"],
    ["Śledź do namiotu", "Tent peg"],
];

/// What lines of goods are called.
pub(super) const LINES: [Word; 7] = [
    ["Brzoza", "Birch"],
    ["Mgła", "Fog"],
    ["Żuraw", "Crane"],
    ["Sól & Pieprz", "Salt & Pepper"],
    ["Wrzesień", "September"],
    ["\"Kometa\"", "\"Comet\""],
    ["Ćma", "Moth"],
];

/// What groups differ in.
pub(super) const COLOUR: Word = ["Kolor", "Colour"];

/// The colours of each group.
pub(super) const COLOURS: [Word; 3] = [["szary", "grey"], ["zielony", "green"], ["żółty", "yellow"]];

/// Ids and names of sizes.
pub(super) const SIZES: [[&str; 2]; 4] = [["2", "S"], ["3", "M"], ["4", "L"], ["5", "XL"]];

/// What descriptions are made of.
pub(super) const SENTENCES: [Word; 8] = [
    [
        "Szyjemy krótkie serie &ndash; po kilkadziesiąt sztuk.",
        "We make short runs &ndash; some dozens at a time.",
    ],
    ["Surowiec pochodzi z <b>jednej</b> tkalni pod Łodzią.", "It comes from <b>one</b> mill near Łódź."],
    ["Prać w 30&deg;C, suszyć na leżąco.", "Wash at 30&deg;C, dry flat."],
    [
        "Części zamienne trzymamy na półce przez dziesięć lat.",
        "We keep spare parts on the shelf for ten years.",
    ],
    ["Pasuje do kieszeni, sakwy i schowka w aucie.", "It fits a pocket, a pannier and a glove box."],
    [
        "Powierzchnia jest matowa i nie zbiera odcisków palców.",
        "Its surface is dull and takes no fingerprints.",
    ],
    ["Próbowaliśmy go na deszczu, mrozie i w korku.", "We tried it in rain, in frost and in a traffic jam."],
    [
        "Opakowanie to karton &amp; sznurek, nic więcej.",
        "It is packed in cardboard &amp; string, nothing else.",
    ],
];
