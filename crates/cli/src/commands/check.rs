//! `check`: can we log in on both sides, and what is there.

use connector::{RunError, ShopInfo};
use gateway_core::assumptions::LIST_PAGE;
use gateway_core::gateway::{Gateway, ListedProduct};
use serde_json::{Value, json};

use super::Session;

/// Tries each side, whether or not the other one lets us in.
pub(super) async fn check(session: &Session) -> Result<(), RunError> {
    let gateway = session.gateway()?;
    let taken = gateway.terms().currency();
    let shop = match session.platform.check().await {
        Ok(info) if info.currency == taken => {
            show_shop(session, &info, true);
            Ok(())
        }
        Ok(info) => {
            show_shop(session, &info, false);
            Err(RunError::settings(
                format!(
                    "the shop sells in {}, and the marketplace takes {}",
                    info.currency.code(),
                    taken.code()
                ),
                format!("set the shop's default currency to {}, or import another shop", taken.code()),
            ))
        }
        Err(error) => {
            let error = RunError::from(error);
            fail(session, "shop", &error);
            Err(error)
        }
    };
    let marketplace = match gateway.newest().await {
        Ok(newest) => {
            show_gateway(session, gateway, &Newest::count(session, &newest));
            Ok(())
        }
        Err(error) => {
            let error = RunError::from(error);
            fail(session, "gateway", &error);
            Err(error)
        }
    };
    match (shop, marketplace) {
        (Err(shop), Err(marketplace)) => Err(both(&shop, &marketplace)),
        (shop, marketplace) => shop.and(marketplace),
    }
}

/// Two failures as one: what the user has to correct goes before what failed, and that before what may be better later.
fn both(shop: &RunError, marketplace: &RunError) -> RunError {
    let rank = |error: &RunError| match error {
        RunError::Settings { .. } => 0,
        RunError::TryLater { .. } => 2,
        _ => 1,
    };
    let what = format!("{shop}; {marketplace}");
    let hints: Vec<&str> = [shop.hint(), marketplace.hint()].into_iter().flatten().collect();
    let hint = hints.join("; ");
    match rank(shop).min(rank(marketplace)) {
        0 => RunError::Settings { what, hint },
        1 => RunError::Failed { what, hint: Some(hint) },
        _ => RunError::TryLater { what },
    }
}

fn fail(session: &Session, side: &str, error: &RunError) {
    if session.output.is_json() {
        let (what, hint) = (error.to_string(), error.hint());
        session
            .output
            .json(json!({ "event": "check", "side": side, "ok": false, "error": what, "hint": hint }));
    }
}

fn show_shop(session: &Session, info: &ShopInfo, is_taken: bool) {
    let output = &session.output;
    if output.is_json() {
        let mut line = json!({ "event": "check", "side": "shop", "ok": is_taken });
        if let (Value::Object(line), Ok(Value::Object(told))) = (&mut line, serde_json::to_value(info)) {
            line.insert("shop".to_owned(), session.platform.name().shop.as_str().into());
            line.insert("currency_taken".to_owned(), is_taken.into());
            line.extend(told.into_iter().filter(|(name, _)| name != "warnings"));
        }
        output.json(line);
    } else if !output.is_quiet() {
        let unknown = || "not told".to_owned();
        let others: Vec<String> = info
            .languages
            .iter()
            .filter(|language| language.id != info.language.id)
            .map(|language| {
                format!("{} ({}{})", language.name, language.id, if language.active { "" } else { ", off" })
            })
            .collect();
        let choice =
            if others.is_empty() { String::new() } else { format!("; to choose: {}", others.join(", ")) };
        let verdict =
            if is_taken { "which the marketplace takes" } else { "which the marketplace does not take" };
        let lines = [
            format!("{} shop {}", session.title, session.platform.name().shop),
            format!("  title     {}", info.title.clone().unwrap_or_else(unknown)),
            format!("  version   {}", info.version.clone().unwrap_or_else(unknown)),
            format!("  language  {} ({}){choice}", info.language.name, info.language.id),
            format!("  currency  {}, {verdict}", info.currency.code()),
            format!("  products  {}", info.products.map_or_else(unknown, |count| count.to_string())),
        ];
        lines.iter().for_each(|line| output.result(line));
    }
    info.warnings.iter().for_each(|warning| output.warn(warning));
}

/// What the newest page of the marketplace's products holds.
struct Newest {
    products: usize,
    of_this_shop: usize,
    of_others: usize,
    unmarked: usize,
}

impl Newest {
    fn count(session: &Session, products: &[ListedProduct]) -> Self {
        let name = session.platform.name();
        let marks = products.iter().filter_map(|product| product.data.source()).map(|source| source.id);
        let (ours, others): (Vec<_>, Vec<_>) =
            marks.partition(|id| id.platform == name.platform && id.shop == name.shop);
        let unmarked = products.len() - ours.len() - others.len();
        Self { products: products.len(), of_this_shop: ours.len(), of_others: others.len(), unmarked }
    }

    fn is_full(&self) -> bool {
        self.products >= LIST_PAGE
    }
}

fn show_gateway(session: &Session, gateway: &Gateway, newest: &Newest) {
    let output = &session.output;
    if output.is_json() {
        output.json(json!({
            "event": "check",
            "side": "gateway",
            "ok": true,
            "base_url": gateway.base_url().as_str(),
            "shop": gateway.shop().to_string(),
            "products": newest.products,
            "more": newest.is_full(),
            "of_this_shop": newest.of_this_shop,
            "of_others": newest.of_others,
            "unmarked": newest.unmarked,
        }));
    } else if !output.is_quiet() {
        let products = if newest.is_full() {
            format!("{LIST_PAGE} or more; of the newest {LIST_PAGE}")
        } else {
            format!("{}; of these", newest.products)
        };
        let lines = [
            format!("Marketplace {}", gateway.base_url()),
            format!("  shop      {}", gateway.shop()),
            format!(
                "  products  {products} {} came from this shop, {} from others, {} bear no mark of where they came from",
                newest.of_this_shop, newest.of_others, newest.unmarked
            ),
        ];
        lines.iter().for_each(|line| output.result(line));
    }
}
