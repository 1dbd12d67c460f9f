//! `check`: can we log in on both sides, and what is there.

use connector::import::{self, Holdings, Survey};
use connector::{RunError, ShopInfo, ShopName};
use gateway_core::gateway::Gateway;
use serde_json::{Value, json};

use super::Session;
use crate::output::number;

/// Tries each side, whether or not the other one lets us in.
pub(super) async fn check(session: &Session) -> Result<(), RunError> {
    let (platform, gateway) = (session.platform()?, session.gateway()?);
    let shop = match platform.check().await {
        Ok(info) => {
            let taken = import::takes_currency(platform, gateway, &info);
            show_shop(session, &info, taken.is_ok());
            taken
        }
        Err(error) => {
            let error = RunError::from(error);
            fail(session, "shop", &error);
            Err(error)
        }
    };
    let name = session.shop.name();
    let listener = |event: connector::Event<'_>| session.output.event(&event);
    let holdings = Holdings::read(gateway, name, platform.relatives(), &listener).await;
    let holdings = holdings.map_err(RunError::from);
    let looked = match holdings {
        // Without the shop there is nothing to compare with.
        Ok(holdings) if shop.is_err() => Ok((holdings, None)),
        Ok(holdings) => surveyed(session, &holdings).await.map(|survey| (holdings, survey)),
        Err(error) => Err(error),
    };
    let marketplace = match looked {
        Ok((holdings, survey)) => {
            show_gateway(session, gateway, &holdings, survey.as_ref());
            Ok(())
        }
        Err(error) => {
            fail(session, "gateway", &error);
            Err(error)
        }
    };
    // Without the shop's key nobody knows which state is its own.
    let state = match session.shop.name() {
        Some(name) => show_state(session, name).await.inspect_err(|error| fail(session, "state", error)),
        None => Ok(()),
    };
    let mut failures: Vec<RunError> =
        [shop, marketplace, state].into_iter().filter_map(Result::err).collect();
    match failures.len() {
        0 => Ok(()),
        1 => Err(failures.remove(0)),
        _ => Err(together(&failures)),
    }
}

/// Failures as one: what the user has to correct goes before what failed, and that before what may be better later.
fn together(failures: &[RunError]) -> RunError {
    let rank = |error: &RunError| match error {
        RunError::Settings { .. } => 0,
        RunError::TryLater { .. } => 2,
        _ => 1,
    };
    let what = failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let hints: Vec<&str> =
        failures.iter().filter_map(RunError::hint).filter(|hint| !hint.is_empty()).collect();
    let hint = hints.join("; ");
    match failures.iter().map(rank).min() {
        Some(0) => RunError::Settings { what, hint },
        Some(2) => RunError::TryLater { what },
        _ => RunError::Failed { what, hint: Some(hint) },
    }
}

/// Where the state is, and how much it knows, without making one.
async fn show_state(session: &Session, name: &ShopName) -> Result<(), RunError> {
    let output = &session.output;
    let place = session.keeper.url(name)?.to_string();
    let is_there = session.keeper.is_there(name)?;
    let known = session.keeper.find(&session.whose()?).await?;
    let linked = match &known {
        Some(store) => Some(store.count_links().await?),
        None => is_there.then_some(0),
    };
    if output.is_json() {
        output.json(json!({
            "event": "check", "side": "state", "ok": true, "state": place, "there": is_there, "linked": linked,
        }));
    } else if !output.is_quiet() {
        output.result(format!("State {place}"));
        output.result(match linked {
            _ if known.is_none() && is_there => {
                "  linked    nothing yet: it holds nothing of this shop".to_owned()
            }
            Some(linked) => format!("  linked    {}", number(linked, "variant")),
            None => "  linked    nothing yet: the first import makes it".to_owned(),
        });
    }
    Ok(())
}

/// The shop's key; nothing while it is not known.
fn shop_key(session: &Session) -> &str {
    session.shop.name().map_or("", |name| name.shop.as_str())
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
            line.insert("shop".to_owned(), shop_key(session).into());
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
            format!("{} shop {}", session.title, shop_key(session)),
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

/// Of goods without a mark, how many of this shop's variants could be linked with; told where an import would ask.
async fn surveyed(session: &Session, holdings: &Holdings) -> Result<Option<Survey>, RunError> {
    if holdings.of_this_shop > 0 || holdings.unmarked.live == 0 {
        return Ok(None);
    }
    let stop = session.stop.token();
    Survey::make(session.platform()?, &holdings.unmarked, stop).await.map(Some)
}

fn show_gateway(session: &Session, gateway: &Gateway, holdings: &Holdings, survey: Option<&Survey>) {
    let output = &session.output;
    // Whose goods they are cannot be told while the shop's key is not known.
    let ours = session.shop.name().map(|_| holdings.of_this_shop);
    let (others, unmarked) = (holdings.of_others, holdings.unmarked.live);
    if output.is_json() {
        let mut line = json!({
            "event": "check",
            "side": "gateway",
            "ok": true,
            "base_url": gateway.base_url().as_str(),
            "shop": gateway.shop().to_string(),
            "products": holdings.products,
            "more": false,
            "of_this_shop": ours,
            "of_others": ours.map(|_| others),
            "unmarked": unmarked,
        });
        if let (Value::Object(line), Some(survey)) = (&mut line, survey) {
            line.insert("linkable".to_owned(), survey.linkable.into());
            line.insert("ambiguous".to_owned(), survey.ambiguous.into());
            line.insert("alone".to_owned(), survey.alone.into());
        }
        output.json(line);
    } else if !output.is_quiet() {
        let mut lines = vec![
            format!("Marketplace {}", gateway.base_url()),
            format!("  shop      {}", gateway.shop()),
            format!(
                "  products  {}; of these {}{unmarked} bear no mark of where they came from",
                holdings.products,
                ours.map_or_else(String::new, |ours| format!(
                    "{ours} came from this shop, {others} from others, "
                ))
            ),
        ];
        if let Some(survey) = survey {
            lines.push(format!(
                "  no mark   {} can be linked by their SKU, {} cannot be told apart by it, {} match nothing here: see --adopt in \
                 `import --help`",
                survey.linkable, survey.ambiguous, survey.alone
            ));
        }
        for (key, goods) in &holdings.other_shops {
            lines.push(format!("  shop key  {goods} goods of {key}"));
        }
        for (platform, goods) in &holdings.of_relatives {
            lines.push(format!(
                "  beside    {goods} goods that {platform} has brought, which may be this shop's"
            ));
        }
        lines.iter().for_each(|line| output.result(line));
    }
}
