//! What concerns the whole shop, read once.

use std::collections::{BTreeSet, HashMap};

use connector::{Common, Language, PlatformError, ShopInfo};
use iso_currency::Currency;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::pages::question;
use crate::client::{Client, Failure, USUAL_TRIES};
use crate::mapping::{Context, Stocks};
use crate::settings::{BASE_URL, DEFAULT_LANGUAGE, LANGUAGE, STOCKS, Settings};
use crate::wire;

/// The currency of a shop that holds nothing that has a price: that of most shops of the platform.
const CURRENCY_OF_NOTHING: Currency = Currency::PLN;

/// What concerns the whole shop.
pub(super) struct Opened {
    pub(super) info: ShopInfo,
    pub(super) context: Context,
    /// How many products there were, and the id of the newest one.
    pub(super) before: Option<(u64, u64)>,
}

/// The languages of the shop, as far as it tells.
struct Tongues {
    title: Option<String>,
    /// Those that the shop lists, or the usual one where it lists none.
    all: Vec<Language>,
    /// Whether it lists them.
    are_listed: bool,
    default: String,
    warning: Option<String>,
}

impl Opened {
    /// Reads it. What would make every product wrong is an error here, before any product is read.
    pub(super) async fn read(
        client: &Client,
        settings: &Settings,
        common: &Common,
    ) -> Result<Self, PlatformError> {
        let tongues = tongues(client).await?;
        let language = chosen(&tongues, settings)?;
        let newest = newest(client, &settings.stocks).await?;
        let context = Context {
            language: language.id.clone(),
            default_language: tongues.default,
            currency: newest.currency,
            vat_default: common.vat_default,
            stocks: settings.stocks.clone(),
            sizes: HashMap::new(),
        };
        let info = ShopInfo {
            title: tongues.title,
            version: None,
            currency: newest.currency,
            language,
            languages: tongues.all,
            products: newest.before.and_then(|(count, _)| usize::try_from(count).ok()),
            warnings: tongues.warning.into_iter().chain(newest.warning).collect(),
        };
        Ok(Self { info, context, before: newest.before })
    }
}

/// The same with the names of sizes, which only goods need.
pub(super) async fn with_sizes(opened: &Opened, client: &Client) -> Result<Context, PlatformError> {
    let mut context = opened.context.clone();
    if client.tells_lists() {
        let sizes = client.sizes().await.map_err(Failure::of_run)?;
        context.sizes = sizes.map(|sizes| context.size_names(&sizes)).unwrap_or_default();
    }
    Ok(context)
}

/// The first question to the shop, where its lists can be asked for: who cannot be reached now has never been reached with these
/// settings.
async fn tongues(client: &Client) -> Result<Tongues, PlatformError> {
    let untold = |warning: Option<String>| {
        let only = Language { id: DEFAULT_LANGUAGE.to_owned(), name: "polski".to_owned(), active: true };
        Tongues {
            title: None,
            all: vec![only],
            are_listed: false,
            default: DEFAULT_LANGUAGE.to_owned(),
            warning,
        }
    };
    if !client.tells_lists() {
        return Ok(untold(None));
    }
    let told = match client.languages().await {
        Ok(told) => told.unwrap_or(wire::Languages { shops: Vec::new() }),
        // Goods can be read without it.
        Err(Failure::Denied(why)) => {
            return Ok(untold(Some(format!(
                "{why}; texts are read in {DEFAULT_LANGUAGE} unless {LANGUAGE} is set"
            ))));
        }
        Err(failure) => return Err(at_first(failure)),
    };
    // Of several shops in one panel it is the first one.
    let Some(shop) = told.shops.into_iter().find(|shop| !shop.languages.is_empty()) else {
        return Ok(untold(None));
    };
    let language = |told: &wire::Language| {
        let id = told.id.text()?.to_owned();
        let is_off = told.enabled.text().is_some() && !told.enabled.is_on();
        Some(Language { name: told.name.text().unwrap_or(&id).to_owned(), id, active: !is_off })
    };
    let default = shop.languages.iter().find(|told| told.is_default.is_on()).or(shop.languages.first());
    Ok(Tongues {
        title: shop.name.text().map(str::to_owned),
        default: default.and_then(|told| told.id.text()).unwrap_or(DEFAULT_LANGUAGE).to_owned(),
        all: shop.languages.iter().filter_map(language).collect(),
        are_listed: true,
        warning: None,
    })
}

/// The language in which texts are read.
fn chosen(tongues: &Tongues, settings: &Settings) -> Result<Language, PlatformError> {
    let wanted = settings.language.as_ref().unwrap_or(&tongues.default);
    if let Some(language) = tongues.all.iter().find(|language| language.id == *wanted) {
        return Ok(language.clone());
    }
    // Where the shop does not list its languages, nobody can say that this is none of them.
    if !tongues.are_listed {
        return Ok(Language { id: wanted.clone(), name: wanted.clone(), active: true });
    }
    let known = tongues.all.iter().map(|language| format!("{} = {}", language.id, language.name));
    let known = known.collect::<Vec<_>>().join(", ");
    Err(PlatformError::Settings {
        what: format!("the shop {} has no language {wanted}", settings.base_url),
        hint: format!("set {LANGUAGE} to one of: {known}"),
    })
}

/// What the newest products tell of all.
struct Newest {
    currency: Currency,
    before: Option<(u64, u64)>,
    warning: Option<String>,
}

/// Looks at the newest products. Each has a currency of its own; the shop's is that of most of them.
async fn newest(client: &Client, stocks: &Stocks) -> Result<Newest, PlatformError> {
    let order = json!({ "ordersBy": [{ "elementName": "id", "sortDirection": "DESC" }] });
    let elements: &[&str] = match stocks {
        Stocks::Own => &["currency"],
        Stocks::These(_) => &["currency", "quantities"],
    };
    let found = client.search(&question(elements, &order, 0), USUAL_TRIES).await.map_err(at_first)?;
    let mut codes: HashMap<String, usize> = HashMap::new();
    for row in &found.results {
        let told = row.get("currencyId").and_then(|told| wire::Scalar::deserialize(told).ok());
        if let Some(code) = told.as_ref().and_then(wire::Scalar::text) {
            *codes.entry(code.to_owned()).or_default() += 1;
        }
    }
    let most =
        codes.into_iter().max_by_key(|(code, products)| (*products, code == CURRENCY_OF_NOTHING.code()));
    let currency = match most {
        None => CURRENCY_OF_NOTHING,
        Some((code, _)) => Currency::from_code(&code).ok_or_else(|| PlatformError::Settings {
            what: format!("the prices of the shop {} are in {code:?}", client.base_url()),
            hint: "choose the currency of its products in the shop's panel".to_owned(),
        })?,
    };
    let newest = found.results.iter().filter_map(wire::row_id).max();
    let warning = match stocks {
        Stocks::Own => None,
        Stocks::These(chosen) => elsewhere(chosen, &found.results),
    };
    Ok(Newest { currency, before: found.all.id().zip(newest), warning })
}

/// When nothing lies in any of the chosen stocks, and something in others: then they are hardly the ones that were meant.
fn elsewhere(chosen: &[u64], rows: &[Value]) -> Option<String> {
    let products = rows.iter().filter_map(|row| wire::Product::deserialize(row).ok());
    let stocks = products.filter_map(|product| product.product_stocks_data?.product_stocks_quantities);
    let seen: BTreeSet<u64> = stocks.flatten().filter_map(|stock| stock.stock_id.id()).collect();
    if seen.is_empty() || chosen.iter().any(|stock| seen.contains(stock)) {
        return None;
    }
    let list = |ids: &mut dyn Iterator<Item = &u64>| ids.map(u64::to_string).collect::<Vec<_>>().join(", ");
    Some(format!(
        "of the newest {} products nothing lies in the stocks that {STOCKS} names ({}), but in {}: the others count as sold out",
        rows.len(),
        list(&mut chosen.iter()),
        list(&mut seen.iter()),
    ))
}

fn at_first(failure: Failure) -> PlatformError {
    match failure {
        Failure::Nowhere(PlatformError::Failed { what }) => PlatformError::Settings {
            what,
            hint: format!("check {BASE_URL} and the connection to the network"),
        },
        other => other.of_run(),
    }
}
