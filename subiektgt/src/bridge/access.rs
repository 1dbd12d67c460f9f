//! What the user must tell of a bridge.

use connector::{Given, InvalidSetting, Need, Setting};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

pub(super) const URL: &str = "SUBIEKTGT_BRIDGE_URL";
pub(super) const TOKEN: &str = "SUBIEKTGT_BRIDGE_TOKEN";

pub(crate) const URL_SETTING: Setting = Setting {
    option: "bridge-url",
    variable: URL,
    prompt: "Subiekt GT bridge URL",
    help: "The address of an OpenLinker bridge on the firm's machine, such as http://serwer:5055, by which stock levels are \
           changed, and told too where goods come from files [default: none, and levels are only read]",
    need: Need::Optional,
    is_secret: false,
    check: |text| address(text).map(drop),
};

pub(crate) const TOKEN_SETTING: Setting = Setting {
    option: "bridge-token",
    variable: TOKEN,
    prompt: "Subiekt GT bridge token",
    help: "The token that the bridge was set up with (InvoiceToken)",
    need: Need::With(URL),
    is_secret: true,
    check: token,
};

/// Where a bridge is, and what it lets in.
#[derive(Clone, Debug)]
pub struct Access {
    /// Its address, without a slash at its end.
    pub url: Url,
    /// Its token.
    pub token: SecretString,
}

impl Access {
    /// Reads what was told of a bridge; `None` where there is none.
    ///
    /// # Errors
    /// When something is wrong, or only a part is told.
    pub fn read(given: &Given) -> Result<Option<Self>, InvalidSetting> {
        let wrong = |variable| move |what: String| InvalidSetting { variable, what };
        let missing = |variable| wrong(variable)("it is missing".to_owned());
        match (given.get(URL), given.secret(TOKEN)) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(missing(URL)),
            (Some(_), None) => Err(missing(TOKEN)),
            (Some(told), Some(secret)) => {
                token(secret.expose_secret()).map_err(wrong(TOKEN))?;
                Ok(Some(Self { url: address(told).map_err(wrong(URL))?, token: secret.clone() }))
            }
        }
    }
}

fn address(text: &str) -> Result<Url, String> {
    connector::shop_address(text, "")
}

fn token(text: &str) -> Result<(), String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err("a token is one word of letters, digits and signs: copy it again, whole".to_owned())
}
