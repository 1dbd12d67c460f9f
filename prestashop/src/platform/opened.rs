//! What concerns the whole shop: read once, before any product.

use std::collections::HashMap;

use connector::{Language, PlatformError, ShopInfo};
use iso_currency::Currency;

use super::Shop;
use crate::mapping::{Context, OptionTable, ShopIds, VatTable};
use crate::wire::{self, Rights};

/// The settings that are needed, as a filter.
const CONFIGURATIONS: &str = "[PS_LANG_DEFAULT|PS_CURRENCY_DEFAULT|PS_COUNTRY_DEFAULT|PS_STOCK_MANAGEMENT|PS_TAX|PS_SHOP_NAME|PS_ROOT_CATEGORY|PS_HOME_CATEGORY]";

/// Resources that a key must be able to read.
const NEEDED: [&str; 11] = [
    "categories",
    "combinations",
    "configurations",
    "currencies",
    "images",
    "languages",
    "product_option_values",
    "product_options",
    "products",
    "shops",
    "stock_availables",
];

/// What concerns the whole shop, read once.
pub(super) struct Opened {
    pub(super) info: ShopInfo,
    pub(super) context: Context,
}

impl Shop {
    /// Reads what concerns the whole shop, at the first call.
    pub(super) async fn opened(&self) -> Result<&Opened, PlatformError> {
        self.opened.get_or_try_init(|| Box::pin(self.read_shop())).await
    }

    async fn read_shop(&self) -> Result<Opened, PlatformError> {
        let (rights, version) = self.client.rights().await?;
        self.check_rights(&rights)?;
        let (configurations, languages, currencies, shops, options, values) = futures::try_join!(
            self.client.all::<wire::Configuration>("configurations", &[("filter[name]", CONFIGURATIONS)]),
            self.client.all::<wire::Named>("languages", &[]),
            self.client.all::<wire::Named>("currencies", &[]),
            self.client.all::<wire::Named>("shops", &[]),
            self.client.all::<wire::ProductOption>("product_options", &[]),
            self.client.all::<wire::ProductOptionValue>("product_option_values", &[]),
        )?;
        let shop = self.check_shop(&shops)?;
        let configurations = self.configurations(&configurations, &shop);
        let default_language = configurations.get("PS_LANG_DEFAULT")?;
        let language = self.language(&languages, default_language)?;
        let taxes_are_on = configurations.is_on("PS_TAX");
        let vat = if taxes_are_on {
            self.vat(&rights, configurations.get("PS_COUNTRY_DEFAULT")?).await?
        } else {
            VatTable::default()
        };
        let roots = ["PS_ROOT_CATEGORY", "PS_HOME_CATEGORY"];
        let context = Context {
            base_url: self.settings.base_url.clone(),
            language: language.id.clone(),
            default_language: default_language.to_owned(),
            currency: self.currency(&currencies, configurations.get("PS_CURRENCY_DEFAULT")?)?,
            vat,
            vat_default: self.common.vat_default,
            options: OptionTable::new(&options, &values, &language.id, default_language),
            shop,
            stock_is_managed: configurations.is_on("PS_STOCK_MANAGEMENT"),
            root_categories: roots
                .iter()
                .filter_map(|name| Some(configurations.get(name).ok()?.to_owned()))
                .collect(),
        };
        let mut warnings = Vec::new();
        if !taxes_are_on {
            warnings
                .push("taxes are switched off in the shop, so it tells no VAT for any product".to_owned());
        }
        if self.settings.base_url.scheme() == "http" && !is_this_machine(&self.settings.base_url) {
            let address = &self.settings.base_url;
            warnings
                .push(format!("the API key travels in clear to {address}: use https:// if the shop has it"));
        }
        let title = configurations.get("PS_SHOP_NAME").ok().map(str::to_owned).or(rights.title);
        let info = ShopInfo {
            title,
            version,
            currency: context.currency,
            language,
            languages: languages.iter().filter_map(as_language).collect(),
            products: None,
            warnings,
        };
        Ok(Opened { info, context })
    }

    fn check_rights(&self, rights: &Rights) -> Result<(), PlatformError> {
        let mut missing: Vec<&str> =
            NEEDED.into_iter().filter(|resource| !rights.may_read(resource)).collect();
        if !Self::may_read_rules(rights) && !rights.may_read("tax_rule_groups") {
            missing.extend(["tax_rules", "taxes"]);
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(PlatformError::Settings {
            what: format!("the API key lacks rights at the shop {}: {}", self.settings.base_url, missing.join(", ")),
            hint: "tick \"View (GET)\" for these resources of the key, in the shop's back office under Advanced \
                   Parameters > Webservice"
                .to_owned(),
        })
    }

    fn may_read_rules(rights: &Rights) -> bool {
        rights.may_read("tax_rules") && rights.may_read("taxes")
    }

    /// One `PrestaShop` may hold several shops, whose goods must not be mixed.
    fn check_shop(&self, shops: &[wire::Named]) -> Result<ShopIds, PlatformError> {
        let open: Vec<&wire::Named> =
            shops.iter().filter(|shop| shop.active.is_on(true) && !shop.deleted.is_on(false)).collect();
        let listed = || {
            let names = open.iter().map(|shop| {
                format!("{} = {}", shop.id.text().unwrap_or("?"), plain(&shop.name).unwrap_or_default())
            });
            names.collect::<Vec<_>>().join(", ")
        };
        match self.settings.shop {
            None if open.len() > 1 => Err(PlatformError::Settings {
                what: format!("the PrestaShop at {} holds {} shops", self.settings.base_url, open.len()),
                hint: format!("set PRESTASHOP_SHOP_ID to one of: {}", listed()),
            }),
            Some(id) if !open.iter().any(|shop| shop.id.text() == Some(&id.to_string())) => {
                Err(PlatformError::Settings {
                    what: format!("the PrestaShop at {} holds no open shop {id}", self.settings.base_url),
                    hint: format!("set PRESTASHOP_SHOP_ID to one of: {}", listed()),
                })
            }
            wanted => {
                let is_it =
                    |shop: &&&wire::Named| wanted.is_none_or(|id| shop.id.text() == Some(&id.to_string()));
                let own = open.iter().find(is_it);
                let id = |of: fn(&wire::Named) -> &wire::Scalar| {
                    own.and_then(|shop| of(shop).id()).map(str::to_owned)
                };
                Ok(ShopIds { shop: id(|shop| &shop.id), group: id(|shop| &shop.id_shop_group) })
            }
        }
    }

    fn language(&self, languages: &[wire::Named], default: &str) -> Result<Language, PlatformError> {
        let wanted = self.settings.language.map_or_else(|| default.to_owned(), |id| id.to_string());
        let known: Vec<Language> = languages.iter().filter_map(as_language).collect();
        let found = known.iter().find(|language| language.id == wanted);
        found.cloned().ok_or_else(|| PlatformError::Settings {
            what: format!("the shop {} has no language {wanted}", self.settings.base_url),
            hint: format!(
                "set PRESTASHOP_LANGUAGE_ID to one of: {}",
                known
                    .iter()
                    .map(|language| format!("{} = {}", language.id, language.name))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        })
    }

    fn currency(&self, currencies: &[wire::Named], default: &str) -> Result<Currency, PlatformError> {
        let row = currencies.iter().find(|currency| currency.id.text() == Some(default));
        let code = row.and_then(|currency| currency.iso_code.text());
        code.and_then(Currency::from_code).ok_or_else(|| PlatformError::Settings {
            what: format!(
                "the shop {} does not tell its default currency (id {default}, code {})",
                self.settings.base_url,
                code.unwrap_or("none")
            ),
            hint: "choose a default currency in the shop's back office under International > Localization"
                .to_owned(),
        })
    }

    /// A value of all shops counts behind that of the shop's group, and that behind the shop's own.
    fn configurations(&self, rows: &[wire::Configuration], shop: &ShopIds) -> Configurations {
        let mut values: HashMap<String, (u8, String)> = HashMap::new();
        for row in rows {
            let nearness = shop.nearness(&row.id_shop, &row.id_shop_group);
            if let (Some(nearness), Some(name)) = (nearness, row.name.text()) {
                let known = values.get(name).map_or(0, |(known, _)| *known);
                if nearness > known {
                    let value = row.value.text().unwrap_or_default().to_owned();
                    values.insert(name.to_owned(), (nearness, value));
                }
            }
        }
        let values = values.into_iter().map(|(name, (_, value))| (name, value)).collect();
        Configurations { shop: self.settings.base_url.to_string(), values }
    }

    async fn vat(&self, rights: &Rights, country: &str) -> Result<VatTable, PlatformError> {
        if Self::may_read_rules(rights) {
            let of_country = [("filter[id_country]", country)];
            let (rules, taxes) = futures::try_join!(
                self.client.all::<wire::TaxRule>("tax_rules", &of_country),
                self.client.all::<wire::Tax>("taxes", &[]),
            )?;
            return Ok(VatTable::from_rules(&rules, &taxes, country));
        }
        Ok(VatTable::from_group_names(&self.client.all::<wire::Named>("tax_rule_groups", &[]).await?))
    }
}

struct Configurations {
    shop: String,
    values: HashMap<String, String>,
}

impl Configurations {
    /// Whether a switch is on; one that is not there is on, as in a fresh shop, and an empty one is off, as PHP has it.
    fn is_on(&self, name: &str) -> bool {
        self.values.get(name).is_none_or(|value| !matches!(value.as_str(), "" | "0"))
    }

    fn get(&self, name: &str) -> Result<&str, PlatformError> {
        let told = self.values.get(name).map(String::as_str).filter(|value| !value.is_empty());
        told.ok_or_else(|| PlatformError::Settings {
            what: format!("the shop {} does not tell its setting {name}", self.shop),
            hint: "save the shop's settings once more in its back office under International > Localization"
                .to_owned(),
        })
    }
}

fn plain(texts: &wire::Localised) -> Option<String> {
    match texts {
        wire::Localised::Plain(text) => Some(text.clone()),
        wire::Localised::ByLanguage(texts) => texts.values().find(|text| !text.is_empty()).cloned(),
    }
}

fn as_language(row: &wire::Named) -> Option<Language> {
    Some(Language {
        id: row.id.id()?.to_owned(),
        name: plain(&row.name).unwrap_or_default(),
        active: row.active.is_on(true),
    })
}

fn is_this_machine(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
