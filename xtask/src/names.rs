//! The forms in which a platform's name is written, and what they become in a copied file.

/// The folder of the example, from the workspace's own.
pub const EXAMPLE: &str = "examples/toyshop";

/// The example's name, whose other forms are `Toyshop`, `TOYSHOP` and `Toy Shop`. It is written in no other.
pub(crate) const EXAMPLE_NAME: &str = "toyshop";

/// Names of crates that Rust itself has, or that cannot be written in its code.
const RESERVED: [&str; 56] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// A platform's name in all its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    name: String,
    type_name: String,
    title: String,
}

/// Why a text is no platform's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Other characters, or in a wrong place.
    #[error(
        "{0:?} cannot be a platform's name: it begins with a letter of a-z, goes on with a-z, 0-9 and single dashes, and does \
         not end with a dash"
    )]
    Characters(String),
    /// A word that Rust needs itself.
    #[error(
        "{0:?} cannot be a crate's name, because Rust needs the word itself: choose another, such as {0}-shop"
    )]
    Reserved(String),
    /// A title that could not stand in code and texts.
    #[error(
        "{0:?} cannot be a title: it is one line, not empty, and without quotes, backslashes and backticks"
    )]
    Title(String),
}

impl Names {
    /// Takes a name, and how people write it: by default the name with its first letter in upper case.
    ///
    /// # Errors
    /// When the name cannot be a crate's, or the title could not stand in code and texts.
    pub fn new(name: &str, title: Option<&str>) -> Result<Self, BadName> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(is_plain)
            && !name.ends_with('-')
            && !name.contains("--");
        if !is_name {
            return Err(BadName::Characters(name.to_owned()));
        }
        if RESERVED.contains(&name) {
            return Err(BadName::Reserved(name.to_owned()));
        }
        let title = title.map_or_else(|| capitalised(name), |title| title.trim().to_owned());
        let is_odd = |c: char| c.is_control() || matches!(c, '"' | '\\' | '`');
        if title.is_empty() || title.contains(is_odd) {
            return Err(BadName::Title(title));
        }
        let type_name = name.split('-').map(capitalised).collect();
        Ok(Self { name: name.to_owned(), type_name, title })
    }

    /// The crate, the program, the folder, and the platform in `data.source`: `ido-sell`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The package of its local shop: `ido-sell-sandbox`.
    #[must_use]
    pub fn sandbox(&self) -> String {
        format!("{}-sandbox", self.name)
    }

    /// What its types' names are made of: `IdoSell`.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The crate in Rust code: `ido_sell`.
    #[must_use]
    pub fn identifier(&self) -> String {
        self.name.replace('-', "_")
    }

    /// What its environment variables begin with: `IDO_SELL`.
    #[must_use]
    pub fn variable(&self) -> String {
        self.identifier().to_uppercase()
    }

    /// How people write it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// A text of the example as that of this platform, which lies in `folder` of the workspace.
    #[must_use]
    pub fn fill_in(&self, text: &str, folder: &str) -> String {
        // Longer ones first. In Rust code a crate's name is followed by `::`, or by the rest of its sandbox's.
        let forms = [
            (EXAMPLE, folder.to_owned()),
            ("toyshop_sandbox", format!("{}_sandbox", self.identifier())),
            ("toyshop::", format!("{}::", self.identifier())),
            (EXAMPLE_NAME, self.name.clone()),
            ("Toyshop", self.type_name.clone()),
            ("TOYSHOP", self.variable()),
            ("Toy Shop", self.title.clone()),
        ];
        // In one pass, so that a new name that holds the old one is not filled in again.
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let form = forms.iter().find_map(|(old, new)| Some((new, rest.strip_prefix(old)?)));
            rest = match form {
                Some((new, behind)) => {
                    filled.push_str(new);
                    behind
                }
                None => {
                    filled.push(first);
                    rest.strip_prefix(first).unwrap_or_default()
                }
            };
        }
        filled
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
