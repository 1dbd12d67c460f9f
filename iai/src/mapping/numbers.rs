//! Amounts: prices.

use gateway_core::model::{Money, NetPrice, RejectReason, net_from_gross};
use rust_decimal::Decimal;

use super::{Common, Mapper, Size, broken};
use crate::wire::{self, Scalar};

/// A number in digits, with a point and a sign at most, of which no digit gets lost.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    // More digits than a decimal holds would be rounded otherwise.
    Decimal::from_str_exact(text).ok().filter(|_| is_plain)
}

impl Mapper<'_> {
    /// The net price of a size: what it costs in the shop, else in the panel, else what its product costs.
    ///
    /// Which prices are told where they are the same is not documented for all levels, so none of them is taken for granted; 0 in a
    /// shop stands for "as in the panel".
    pub(super) fn price(&self, size: &Size, common: &Common) -> Result<NetPrice, RejectReason> {
        const FIELD: &str = "productRetailPrice";
        let row = self.row;
        // Of several shops it is the main one, which is the first.
        let shop =
            row.product_shops_attributes.iter().min_by_key(|shop| shop.shop_id.id().unwrap_or(u64::MAX));
        let of_size = |shop: &wire::ShopPrices| {
            let mut sizes = shop.product_shop_sizes_attributes.iter();
            let own = sizes.find(|own| own.size_id.text() == Some(size.id.as_str()));
            own.map(|own| own.product_retail_price.clone())
        };
        let in_shop = [shop.and_then(of_size), shop.map(|shop| shop.product_retail_price.clone())];
        let [of_size, of_product] = in_shop.map(Option::unwrap_or_default);
        let of_shop = |price: Scalar| if is_zero(&price) { Scalar::default() } else { price };
        let prices = [
            of_shop(of_size),
            size.codes.product_retail_price.clone(),
            of_shop(of_product),
            row.product_retail_price.clone(),
        ];
        let told = prices.iter().find(|price| price.text().is_some()).ok_or(RejectReason::NoPrice)?;
        let gross = told.text().and_then(decimal).ok_or_else(|| broken(FIELD, told))?;
        Ok(net_from_gross(Money::new(gross, common.currency), common.vat)?)
    }
}

fn is_zero(price: &Scalar) -> bool {
    price.text().and_then(decimal).is_some_and(|price| price.is_zero())
}
