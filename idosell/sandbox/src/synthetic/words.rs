//! The words that synthetic goods are told with.

/// A word or a text in Polish and in English.
pub(super) type Word = [&'static str; 2];

pub(super) const NOUNS: [Word; 12] = [
    ["Kubek", "Mug"],
    ["Koszulka", "T-shirt"],
    ["Lampa stołowa", "Table lamp"],
    ["Notes", "Notebook"],
    ["Poduszka", "Cushion"],
    ["Krzesło", "Chair"],
    ["Czajniczek", "Teapot"],
    ["Plakat", "Poster"],
    ["Doniczka", "Flower pot"],
    ["Szalik", "Scarf"],
    ["Świeca", "Candle"],
    ["Plecak", "Backpack"],
];

pub(super) const KINDS: [Word; 10] = [
    ["Północ", "North"],
    ["Przystań", "Harbour"],
    ["Łąka", "Meadow"],
    ["Granit & Spółka", "Granite & Company"],
    ["Jałowiec", "Juniper"],
    ["Wydma", "Dune"],
    ["Bursztyn", "Amber"],
    ["Czapla", "Heron"],
    ["\"Latawiec\"", "\"Kite\""],
    ["Źdźbło", "Blade of grass"],
];

pub(super) const COLORS: [Word; 2] = [["szary", "grey"], ["zielony", "green"]];

/// Ids and names of sizes.
pub(super) const SIZES: [Word; 4] = [["2", "S"], ["3", "M"], ["4", "L"], ["5", "XL"]];

pub(super) const DEPARTMENTS: [&str; 6] = ["Dom", "Ogród", "Odzież", "Biuro", "Prezenty", "Podróż"];

pub(super) const SHELVES: [&str; 8] =
    ["Nowości", "Ceramika", "Tkaniny", "Drewno", "Szkło", "Papier", "Światło", "Na co dzień"];

/// Headings, and what lists and tables name.
pub(super) const LINES: [Word; 10] = [
    ["Z czego jest zrobione", "What it is made of"],
    ["Jak o to dbać", "How to look after it"],
    ["Wysokość", "Height"],
    ["Szerokość", "Width"],
    ["Bawełna z upraw ekologicznych", "Cotton from organic farming"],
    ["Drewno dębowe, olejowane", "Oak wood, oiled"],
    ["Kamionka szkliwiona", "Glazed stoneware"],
    ["Stal z odzysku", "Recycled steel"],
    ["Dla kogo", "Who it is for"],
    ["Co jest w pudełku", "What is in the box"],
];

pub(super) const SENTENCES: [Word; 16] = [
    [
        "Każda sztuka powstaje ręcznie, dlatego drobne różnice w odcieniu i kształcie są <b>zaletą</b>, a nie wadą.",
        "Each piece is made by hand, and small differences in shade and shape are a <b>virtue</b> and not a flaw.",
    ],
    [
        "Materiał wybraliśmy tak, żeby z czasem ładniał: na początku jest sztywny, po kilku tygodniach układa się sam.",
        "We chose a material that grows nicer with time: stiff at first, it falls into place after a few weeks.",
    ],
    [
        "Można go myć w zmywarce, choć ciepła woda i miękka gąbka zupełnie wystarczą.",
        "It can go into the dishwasher, though warm water and a soft sponge are quite enough.",
    ],
    [
        "Kolor jest stonowany &ndash; pasuje do drewna, do betonu i do starej tapety u&nbsp;babci.",
        "The colour is muted &ndash; it goes with wood, with concrete and with grandmother&rsquo;s old wallpaper.",
    ],
    [
        "Pakujemy w szary papier i karton, bez folii.",
        "We pack it in brown paper and cardboard, without any film.",
    ],
    [
        "Na szwach i krawędziach nie oszczędzaliśmy, bo to one pierwsze zdradzają rzeczy zrobione w pośpiechu.",
        "We did not skimp on seams and edges, for these are what first gives away things that were made in a hurry.",
    ],
    [
        "Jeżeli coś jest nie tak, wystarczy napisać; <a href=\"https://zwroty.example/\">zwrot</a> jest prosty.",
        "If anything is wrong, a letter is enough; a <a href=\"https://zwroty.example/\">return</a> is simple.",
    ],
    [
        "W środku jest <em>dość miejsca</em> na to, co naprawdę potrzebne, i ani trochę więcej.",
        "Inside there is <em>room enough</em> for what is really needed, and not a bit more.",
    ],
    [
        "Waga jest niewielka, a mimo to przedmiot stoi pewnie także na nierównym blacie.",
        "It weighs little, and yet it stands firmly on an uneven table top too.",
    ],
    [
        "Wzór narysowano ołówkiem, a potem przeniesiono na sito bez poprawiania kreski.",
        "The pattern was drawn in pencil, and then brought onto the screen without mending a line.",
    ],
    [
        "Nie blaknie na słońcu, czego próbowaliśmy przez całe lato na południowym parapecie.",
        "It does not fade in the sun, which we tried for a whole summer on a southern window sill.",
    ],
    [
        "To dobry prezent dla kogoś, kto ma już wszystko, oprócz rzeczy, których używa się codziennie.",
        "It is a good present for somebody who has everything but the things that are used every day.",
    ],
    [
        "Części można wymienić osobno, więc nic nie trafia do kosza z powodu jednej śrubki.",
        "Its parts can be replaced one by one, so nothing is thrown away because of a single screw.",
    ],
    [
        "Wymiary podajemy z dokładnością do 5&nbsp;mm &mdash; mierzymy tak, jak leży.",
        "Sizes are told to within 5&nbsp;mm &mdash; we measure it as it lies.",
    ],
    [
        "Zapach naturalnych olejów jest wyczuwalny przez pierwsze dni, potem znika.",
        "The smell of natural oils can be noticed for the first days, and then it is gone.",
    ],
    [
        "Polecamy go także wtedy, gdy temperatura spada poniżej 0&deg;C, a wiatr jest > 20 km/h.",
        "We recommend it also when the temperature falls below 0&deg;C and the wind is > 20 km/h.",
    ],
];
