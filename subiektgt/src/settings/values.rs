//! What single settings may be.

use std::path::PathBuf;

use super::SQL_CA;

/// How many price levels there are to sell by.
const LEVELS: u8 = 10;

/// How what is said to a database is kept from others. None of these ever gives way to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS, with a certificate that one of the system's authorities vouches for, or that of a file.
    Verify(Option<PathBuf>),
    /// TLS, with any certificate.
    Trust,
    /// None.
    Off,
}

/// A level of prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceLevel {
    /// 1 to 10.
    Number(u8),
    /// The name that the firm gives it.
    Label(String),
}

impl PriceLevel {
    /// Reads a number or a label.
    ///
    /// # Errors
    /// When it can be neither, or is the purchase price.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err("it is no label of a price level: Detaliczna is one".to_owned());
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Label(text.to_owned()));
        }
        match text.parse() {
            Ok(0) => Err("level 0 is the purchase price, which nobody is to be told".to_owned()),
            Ok(number) if number <= LEVELS => Ok(Self::Number(number)),
            _ => Err(format!("there are the price levels 1 to {LEVELS}")),
        }
    }
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("it names no file and no folder".to_owned());
    }
    Ok(PathBuf::from(text))
}

pub(super) fn login(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("it is no login".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn password(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err("it holds a character that no password has, such as a line's end".to_owned());
    }
    Ok(())
}

pub(super) fn encryption(text: &str, ca: Option<PathBuf>) -> Result<Encryption, String> {
    match (text.trim().to_ascii_lowercase().as_str(), ca) {
        ("verify", ca) => Ok(Encryption::Verify(ca)),
        ("trust", None) => Ok(Encryption::Trust),
        ("off", None) => Ok(Encryption::Off),
        (other @ ("trust" | "off"), Some(_)) => {
            Err(format!("{SQL_CA} is told too, and {other} asks for no certificate: take one away"))
        }
        _ => Err("it is none of verify, trust and off".to_owned()),
    }
}

pub(super) fn warehouses(text: &str) -> Result<Vec<String>, String> {
    let mut symbols: Vec<String> = Vec::new();
    for symbol in text.split(',').map(str::trim) {
        if symbol.is_empty() || symbol.chars().any(char::is_control) {
            return Err("it is no list of symbols of warehouses: MAG,SKL is one".to_owned());
        }
        if symbols.iter().any(|known| known.to_uppercase() == symbol.to_uppercase()) {
            return Err(format!("it names the warehouse {symbol} twice"));
        }
        symbols.push(symbol.to_owned());
    }
    Ok(symbols)
}
