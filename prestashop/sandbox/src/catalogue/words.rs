//! The words that synthetic goods are named with.

use super::product::Text;

/// What a word is in English and in Polish.
type Word = [&'static str; 2];

pub(super) const NOUNS: [Word; 16] = [
    ["mug", "kubek"],
    ["T-shirt", "koszulka"],
    ["table lamp", "lampa stołowa"],
    ["notebook", "notes"],
    ["cushion", "poduszka"],
    ["chair", "krzesło"],
    ["teapot", "czajniczek"],
    ["hoodie", "bluza z kapturem"],
    ["poster", "plakat"],
    ["flower pot", "doniczka"],
    ["cutting board", "deska do krojenia"],
    ["scarf", "szalik"],
    ["phone case", "etui na telefon"],
    ["honey", "miód"],
    ["candle", "świeca"],
    ["backpack", "plecak"],
];

const KINDS: [Word; 12] = [
    ["North", "Północ"],
    ["Harbour", "Przystań"],
    ["Meadow", "Łąka"],
    ["Granite", "Granit"],
    ["Juniper", "Jałowiec"],
    ["Dune", "Wydma"],
    ["Amber", "Bursztyn"],
    ["Lichen", "Porost"],
    ["Heron", "Czapla"],
    ["Kite", "Latawiec"],
    ["Źdźbło", "Źdźbło"],
    ["Birch", "Brzoza"],
];

pub(super) const MATERIALS: [Word; 6] = [
    ["cotton", "bawełna"],
    ["oak", "dąb"],
    ["stoneware", "kamionka"],
    ["linen", "len"],
    ["glass", "szkło"],
    ["recycled steel", "stal z odzysku"],
];

/// The word in a language: Polish for `pl`, else English.
pub(crate) fn in_language(word: [&'static str; 2], iso: &str) -> &'static str {
    let [english, polish] = word;
    if iso == "pl" { polish } else { english }
}

/// From what a synthetic product's texts are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recipe {
    pub(super) id: u32,
    pub(super) noun: u8,
    pub(super) kind: u8,
    pub(super) material: u8,
    pub(super) oddity: Oddity,
}

/// What is odd about a synthetic product's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    None,
    /// No name in languages other than English.
    NoForeignName,
    /// The name is longer than 255 characters would be anywhere else; PrestaShop's limit is 128.
    LongName,
    /// The description is a bare line of text.
    PlainDescription,
    /// No description.
    NoDescription,
    /// Markup, quotation marks, emoji, the end mark of a CDATA section.
    WildDescription,
}

impl Recipe {
    /// Its text in the language of this ISO code.
    pub(crate) fn text(&self, which: Text, iso: &str) -> String {
        match which {
            Text::Name => self.name(iso),
            Text::Description => self.description(iso),
            Text::Short => self.short(iso),
        }
    }

    fn words(&self, iso: &str) -> [&'static str; 3] {
        let noun = NOUNS.get(usize::from(self.noun)).copied().unwrap_or_default();
        let kind = KINDS.get(usize::from(self.kind)).copied().unwrap_or_default();
        let material = MATERIALS.get(usize::from(self.material)).copied().unwrap_or_default();
        [noun, kind, material].map(|word| in_language(word, iso))
    }

    fn name(&self, iso: &str) -> String {
        let [noun, kind, material] = self.words(iso);
        let mut name = match self.oddity {
            Oddity::NoForeignName if iso != "en" => return String::new(),
            _ => format!("{kind} {noun} {}", self.id),
        };
        if self.oddity == Oddity::LongName {
            name.push_str(" –");
            while name.chars().count() + material.chars().count() < 127 {
                name.push(' ');
                name.push_str(material);
            }
        }
        name
    }

    fn description(&self, iso: &str) -> String {
        let [noun, kind, material] = self.words(iso);
        let polish = iso == "pl";
        match self.oddity {
            Oddity::NoDescription => String::new(),
            Oddity::PlainDescription if polish => format!("Zwykły opis bez znaczników: {noun}, {material}."),
            Oddity::PlainDescription => format!("A plain description without markup: {noun}, {material}."),
            Oddity::WildDescription => format!(
                "<div style=\"color:red\"><h2>{kind} &amp; &quot;{noun}&quot; ☕</h2><p>a ]]&gt; b &lt;c&gt; 5 &gt; 3 😀</p>\
                 <table><tr><td>{material}</td><td>100%</td></tr></table><script>alert(1)</script></div>"
            ),
            _ if polish => format!(
                "<p>{kind}: {noun}, materiał <strong>{material}</strong>. Wyrób nr {}.</p>\n<ul><li>wykonany ręcznie</li>\
                 <li>pakowany bez plastiku</li></ul>",
                self.id
            ),
            _ => format!(
                "<p>{kind}: {noun} made of <strong>{material}</strong>. Article no. {}.</p>\n<ul><li>made by hand</li>\
                 <li>packed without plastic</li></ul>",
                self.id
            ),
        }
    }

    fn short(&self, iso: &str) -> String {
        let [noun, _, material] = self.words(iso);
        if self.oddity == Oddity::NoDescription {
            String::new()
        } else {
            format!("<p>{noun}, {material}</p>")
        }
    }
}

/// A name as it stands in an address.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars() {
        let plain = match letter.to_lowercase().next().unwrap_or(letter) {
            'ą' => 'a',
            'ć' => 'c',
            'ę' => 'e',
            'ł' => 'l',
            'ń' => 'n',
            'ó' => 'o',
            'ś' => 's',
            'ź' | 'ż' => 'z',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            slug.push(plain);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
