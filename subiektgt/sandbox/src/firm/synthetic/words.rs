//! The words that synthetic goods are told with. All of them are in the code page 1250.

pub(super) const GROUPS: [&str; 6] =
    ["Odzież", "Kuchnia", "Łazienka", "Oświetlenie", "Na drogę", "Żeglarstwo"];

pub(super) const PLAIN_TAGS: [&str; 3] = ["Nowość", "Wyprzedaż", "Polecane na święta"];

pub(super) const COLOURS: [&str; 4] = ["szary", "zielony", "żółty", "błękitny"];

/// As many as the largest model has goods.
pub(super) const SIZES: [&str; 5] = ["XS", "S", "M", "L", "XL"];

/// What comes in sizes.
pub(super) const WORN: [&str; 6] = [
    "Sweter",
    "Koszula lniana",
    "Kurtka przeciwdeszczowa",
    "Spodnie robocze",
    "Bluza z kapturem",
    "Kamizelka",
];

/// What comes in none.
pub(super) const THINGS: [&str; 10] = [
    "Dzbanek",
    "Lampka nocna",
    "Ręcznik",
    "Bidon 0,7 l",
    "Miska emaliowana",
    "Worek żeglarski",
    "Dzwonek rowerowy",
    "Śledź do namiotu",
    "Łyżka \"Ćwierćwałek\"",
    "Kubek 5 € & spodek",
];

pub(super) const LINES: [&str; 7] = ["Brzoza", "Mgła", "Żuraw", "Sól i Pieprz", "Wrzesień", "Kometa", "Ćma"];

pub(super) const SENTENCES: [&str; 7] = [
    "Szyjemy krótkie serie – po kilkadziesiąt sztuk.",
    "Surowiec pochodzi z jednej tkalni pod Łodzią.",
    "Prać w 30 °C, suszyć na leżąco.",
    "Części zamienne trzymamy na półce przez dziesięć lat.",
    "Pasuje do kieszeni, sakwy i schowka w aucie.",
    "Powierzchnia jest matowa i nie zbiera odcisków palców.",
    "Opakowanie to karton i sznurek, „nic więcej”.",
];
