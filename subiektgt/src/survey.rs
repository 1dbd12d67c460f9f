//! All files read once, for what must be known before the first good is told: sections come in any order, and what a later file says
//! holds. Of each good some bytes are kept.

use std::collections::{BTreeSet, HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use crate::files::{FilesError, Source};
use crate::wire::{Entry, Price, Section};

/// Symbols are the same whatever their case, as the program's own database has it.
pub(crate) fn key(symbol: &str) -> u64 {
    xxh3_64(symbol.to_uppercase().as_bytes())
}

/// Names, each kept once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Names {
    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.names.len();
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    fn get(&self, place: usize) -> Option<&str> {
        self.names.get(place).map(String::as_str)
    }
}

/// Where a good stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    file: usize,
    is_twice: bool,
}

/// What the files say of goods beside what stands in a good's own row.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    places: HashMap<u64, Place>,
    prices: HashMap<u64, (Option<String>, Option<String>)>,
    groups: HashMap<u64, usize>,
    tags: HashMap<u64, (usize, BTreeSet<usize>)>,
    /// The groups' names.
    pub group_names: Names,
    /// The tags' names.
    pub tag_names: Names,
    /// The labels of price levels that there are.
    pub labels: BTreeSet<String>,
    /// The firm's tax number, as the newest file that tells one has it.
    pub nip: Option<String>,
    /// The version of the newest file's format.
    pub version: Option<String>,
    /// The sections that any file has, also without a record.
    pub sections: HashSet<Section>,
}

impl Survey {
    /// Reads files, the oldest first, for the prices of one level.
    ///
    /// # Errors
    /// When one of them cannot be read to its end.
    pub(crate) fn read(sources: &[Source], price_level: &str) -> Result<Self, FilesError> {
        let mut survey = Self::default();
        for (file, source) in sources.iter().enumerate() {
            let mut reader = source.open()?;
            while let Some(entry) = reader.next_entry().map_err(|error| source.wrong(error))? {
                survey.add(file, &entry, price_level);
            }
            survey.sections.extend(reader.begun());
            if let Some(info) = reader.info() {
                survey.nip = info.nip.clone().or(survey.nip);
                survey.version = info.version.clone().or(survey.version);
            }
            source.check()?;
        }
        Ok(survey)
    }

    /// Takes up an entry of a file, by the file's place among all.
    pub fn add(&mut self, file: usize, entry: &Entry, price_level: &str) {
        match entry {
            Entry::Good(good) => {
                if let Some(symbol) = &good.symbol {
                    self.place(file, symbol);
                }
            }
            Entry::Broken(broken) => {
                if let (Some(symbol), Section::Goods) = (&broken.symbol, broken.section) {
                    self.place(file, symbol);
                }
            }
            Entry::Price(Price { symbol: Some(symbol), name: Some(name), net, gross }) => {
                if name.to_uppercase() == price_level.to_uppercase() {
                    self.prices.insert(key(symbol), (net.clone(), gross.clone()));
                }
                if self.labels.len() < MOST_LABELS {
                    self.labels.insert(name.clone());
                }
            }
            Entry::Group(group) => {
                if let (Some(symbol), Some(name)) = (&group.symbol, &group.name) {
                    let place = self.group_names.place(name);
                    self.groups.insert(key(symbol), place);
                }
            }
            Entry::Tag(tag) => {
                if let (Some(symbol), Some(name)) = (&tag.symbol, &tag.name) {
                    let place = self.tag_names.place(name);
                    let (of, tags) = self.tags.entry(key(symbol)).or_default();
                    // A later file tells all tags of a good anew.
                    if *of != file {
                        (*of, *tags) = (file, BTreeSet::new());
                    }
                    tags.insert(place);
                }
            }
            Entry::Price(_) => {}
        }
    }

    fn place(&mut self, file: usize, symbol: &str) {
        let place = self.places.entry(key(symbol)).or_insert(Place { file: usize::MAX, is_twice: false });
        *place = Place { file, is_twice: place.file == file };
    }

    /// How many goods there are.
    #[must_use]
    pub fn goods(&self) -> usize {
        self.places.len()
    }

    /// Whether a good of a file is the one that holds: no later file has it.
    #[must_use]
    pub fn holds(&self, file: usize, symbol: &str) -> bool {
        self.places.get(&key(symbol)).is_none_or(|place| place.file == file)
    }

    /// Whether a symbol stands twice in the file that holds.
    #[must_use]
    pub fn is_twice(&self, symbol: &str) -> bool {
        self.places.get(&key(symbol)).is_some_and(|place| place.is_twice)
    }

    /// The net and the gross price of a good, as they stand there.
    #[must_use]
    pub fn price(&self, symbol: &str) -> Option<(Option<&str>, Option<&str>)> {
        let (net, gross) = self.prices.get(&key(symbol))?;
        Some((net.as_deref(), gross.as_deref()))
    }

    /// The group that a good is in.
    #[must_use]
    pub fn group(&self, symbol: &str) -> Option<&str> {
        self.group_names.get(*self.groups.get(&key(symbol))?)
    }

    /// The tags of a good.
    pub fn tags(&self, symbol: &str) -> impl Iterator<Item = &str> {
        let tags = self.tags.get(&key(symbol)).into_iter().flat_map(|(_, tags)| tags);
        tags.filter_map(|place| self.tag_names.get(*place))
    }
}

/// A firm has ten price levels; what tells more labels is told by the first of them.
const MOST_LABELS: usize = 50;
