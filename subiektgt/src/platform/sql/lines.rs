//! What a file of documents says of changes of levels.

use std::collections::HashMap;

use connector::StockAdjustment;
use gateway_core::model::ProductId;
use rust_decimal::Decimal;

use super::opened::Opened;
use super::writing::{Named, named};
use super::{AT_ONCE, id_of};
use crate::documents::{self, Line, Vat, text};
use crate::mapping::has_no_level;
use crate::mapping::levels::PLACES;
use crate::sql::{Asked, Database, Failure, in_list, statements};
use crate::wire::rows::Cells;

/// What a good is taxed by and was bought for.
type Terms = HashMap<ProductId, ([Option<Vat>; 2], Decimal)>;

/// What a document says of each change, or why none can, as a part of a sentence.
pub(super) async fn lines(
    database: &Database,
    opened: &Opened,
    adjustments: &[StockAdjustment],
) -> Result<Vec<Result<Line, String>>, Failure> {
    let products: Vec<&ProductId> = adjustments.iter().map(|asked| &asked.product).collect();
    let goods = named(database, &products).await?;
    let terms = terms(database, opened, &products).await?;
    let line = |asked: &StockAdjustment| {
        let good = goods.get(&asked.product).ok_or("the program does not have it any more")?;
        line(asked, good, terms.get(&asked.product), opened)
    };
    Ok(adjustments.iter().map(line).collect())
}

/// What a document says of a change.
fn line(
    asked: &StockAdjustment,
    good: &Named,
    terms: Option<&([Option<Vat>; 2], Decimal)>,
    opened: &Opened,
) -> Result<Line, String> {
    if let Some(why) = has_no_level(good.kind) {
        return Err(why);
    }
    let told = |what: &str, told: &str, longest| {
        text::exact(told, longest).map(str::to_owned).map_err(|why| format!("its {what} {told:?} {why}"))
    };
    let symbol = told("symbol", &good.symbol, documents::SYMBOL)?;
    if opened.firm.shared_symbols.contains(&symbol.to_uppercase()) {
        return Err(format!("several goods bear its symbol {symbol:?}, by which documents name it"));
    }
    if asked.delta.normalize().scale() > PLACES {
        return Err(format!("a document cannot tell {} so exactly", asked.delta.normalize()));
    }
    let (vat, price) = terms.cloned().unwrap_or_default();
    let unit = told("unit", &good.unit, documents::UNIT)?;
    Ok(Line { symbol, name: good.name.clone(), unit, vat, price, delta: asked.delta })
}

/// What goods are taxed by and were bought for.
async fn terms(database: &Database, opened: &Opened, products: &[&ProductId]) -> Result<Terms, Failure> {
    let ids: Vec<i32> = products.iter().filter_map(|product| id_of(product)).collect();
    let rates = opened.firm.vat_rates.as_ref();
    let vat = |id: Option<i32>| {
        let rate = rates?.get(&id?)?;
        Some(Vat { symbol: rate.symbol.clone()?, percent: rate.percent.clone().ok()?? })
    };
    let mut terms = Terms::new();
    for ids in ids.chunks(AT_ONCE) {
        let parameters = in_list(ids);
        let statement = statements::terms(parameters.len());
        for row in database.rows(&statement, &parameters, Asked::Usually).await? {
            let row = Cells(&row);
            let product = row.id(0).and_then(|id| ProductId::new(&id.to_string()).ok());
            let is_ours =
                row.text(4).ok().flatten().is_none_or(|currency| currency.eq_ignore_ascii_case("PLN"));
            let price =
                row.decimal(3).ok().flatten().filter(|_| is_ours).unwrap_or_default().max(Decimal::ZERO);
            terms.extend(product.map(|product| (product, ([vat(row.id(1)), vat(row.id(2))], price))));
        }
    }
    Ok(terms)
}
