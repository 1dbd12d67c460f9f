//! Each type, and its `NULL`.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use subiektgt_sandbox::{Column, Reply, Table, Type, Value};
use tiberius::{ColumnData, Row};

use crate::client::{connect, refusal, server};

const AMOUNT: Type = Type::Decimal { precision: 19, scale: 4 };

/// What comes back of a column of this type with these values.
async fn column(ty: Type, values: Vec<Value>) -> tiberius::Result<Vec<Row>> {
    let server = server(move |_: &str, _: &[Value]| {
        let rows: Vec<_> = values.iter().map(|value| vec![value.clone()]).collect();
        Reply::Rows(Table::new([Column::new("c", ty)], rows))
    })
    .await;
    let mut client = connect(&server).await;
    let by_batch = client.simple_query("SELECT c").await?.into_first_result().await?;
    let by_call = client.query("SELECT c WHERE 1 = @P1", &[&1]).await?.into_first_result().await?;
    assert_eq!(by_batch.len(), by_call.len());
    Ok(by_call)
}

async fn texts(ty: Type, values: &[&str]) -> Vec<String> {
    let rows = column(ty, values.iter().map(|text| Value::from(*text)).collect()).await.unwrap();
    rows.iter().map(|row| row.get::<&str, _>(0).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn nothing_is_nothing_of_every_type() {
    for (ty, expected) in [
        (Type::Int, ColumnData::I32(None)),
        (Type::BigInt, ColumnData::I64(None)),
        (Type::Bit, ColumnData::Bit(None)),
        (AMOUNT, ColumnData::Numeric(None)),
        (Type::Decimal { precision: 9, scale: 4 }, ColumnData::Numeric(None)),
        (Type::VarChar(50), ColumnData::String(None)),
        (Type::VarCharMax, ColumnData::String(None)),
        (Type::Char(3), ColumnData::String(None)),
        (Type::VarBinaryMax, ColumnData::Binary(None)),
        (Type::Text, ColumnData::String(None)),
        (Type::Image, ColumnData::Binary(None)),
        (Type::DateTime, ColumnData::DateTime(None)),
    ] {
        let rows = column(ty, vec![Value::Null, Value::Null]).await.unwrap();
        assert_eq!(rows.len(), 2);
        for row in rows {
            assert_eq!(row.into_iter().next(), Some(expected.clone()), "{ty:?}");
        }
    }
}

#[tokio::test]
async fn whole_numbers_and_bits() {
    let numbers = [0, 1, -1, i32::MAX, i32::MIN];
    let rows = column(Type::Int, numbers.map(Value::Int).to_vec()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get::<i32, _>(0).unwrap()).collect::<Vec<_>>(), numbers);
    let numbers = [0, 1 << 40, i64::MIN];
    let rows = column(Type::BigInt, numbers.map(Value::BigInt).to_vec()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get::<i64, _>(0).unwrap()).collect::<Vec<_>>(), numbers);
    let rows = column(Type::Bit, vec![true.into(), false.into()]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get::<bool, _>(0).unwrap()).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn decimals_keep_every_place() {
    for (precision, most) in
        [(9_u8, "99999.9999"), (19, "999999999999999.9999"), (28, "123456789012345678901234.5678")]
    {
        let amounts = ["0", "0.0001", "-0.0001", "99.99", "-81.2927", "23.0000", "100", "-1", most];
        let amounts: Vec<Decimal> = amounts.iter().map(|amount| amount.parse().unwrap()).collect();
        let ty = Type::Decimal { precision, scale: 4 };
        let rows = column(ty, amounts.iter().copied().map(Value::Decimal).collect()).await.unwrap();
        for (row, amount) in rows.iter().zip(&amounts) {
            let got = row.get::<Decimal, _>(0).unwrap();
            assert_eq!(got, *amount);
            assert_eq!(got.scale(), 4);
        }
        assert_eq!(rows.len(), amounts.len());
    }
}

#[tokio::test]
async fn polish_letters_go_through_the_code_page() {
    let words = ["Zażółć gęślą jaźń", "ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "", " „50 €” – 5 µ ", "<p>&amp;</p>\r\n"];
    assert_eq!(texts(Type::VarChar(50), &words).await, words);
    assert_eq!(texts(Type::VarCharMax, &words).await, words);
    assert_eq!(texts(Type::Text, &words).await, words);
    assert_eq!(texts(Type::VarChar(50), &["漢字 ok 😀!"]).await, ["?? ok ?!"]);
}

#[tokio::test]
async fn the_length_of_a_text_is_counted_in_its_code_page() {
    let full = "ą".repeat(50);
    assert_eq!(texts(Type::VarChar(50), &[&full]).await, [full]);
    assert_eq!(texts(Type::Char(3), &["PLN", "zł", ""]).await, ["PLN", "zł ", "   "]);
}

#[tokio::test]
async fn long_texts_and_pictures_come_whole() {
    let text: String = "Zażółć gęślą jaźń. ".chars().cycle().take(100_000).collect();
    for ty in [Type::VarCharMax, Type::Text] {
        assert_eq!(texts(ty, &[&text, "", "x"]).await, [text.as_str(), "", "x"]);
    }
    let bytes: Vec<u8> = (0..1_u32 << 20).map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    for ty in [Type::VarBinaryMax, Type::Image] {
        let values = vec![bytes.clone().into(), Vec::new().into(), Value::Null, vec![0].into()];
        let rows = column(ty, values).await.unwrap();
        let got: Vec<_> = rows.iter().map(|row| row.get::<&[u8], _>(0)).collect();
        assert!(got[0] == Some(&bytes));
        assert_eq!(got[1..], [Some(&[][..]), None, Some(&[0][..])]);
    }
}

#[tokio::test]
async fn moments_are_kept_to_a_three_hundredth_of_a_second() {
    let at = |year, month, day, millis: u32| -> NaiveDateTime {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        date.and_hms_milli_opt(23, 59, 58, millis).unwrap()
    };
    let moments = [
        at(2026, 2, 28, 0),
        at(1899, 12, 31, 0),
        at(1753, 1, 1, 0),
        at(2024, 2, 29, 500),
        at(9999, 12, 31, 990),
    ];
    let rows = column(Type::DateTime, moments.map(Value::DateTime).to_vec()).await.unwrap();
    for (row, moment) in rows.iter().zip(moments) {
        let got = row.get::<NaiveDateTime, _>(0).unwrap();
        let off = (got - moment).num_microseconds().unwrap().abs();
        assert!(off <= 1700, "{got} for {moment}");
    }
    let midnight = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let almost = midnight - chrono::TimeDelta::milliseconds(1);
    let rows = column(Type::DateTime, vec![almost.into(), midnight.into()]).await.unwrap();
    assert!(rows.iter().all(|row| row.get::<NaiveDateTime, _>(0) == Some(midnight)));
}

#[tokio::test]
async fn many_columns_are_in_their_order() {
    let columns = [
        Column::new("tw_Id", Type::Int),
        Column::new("tw_Nazwa", Type::VarChar(50)),
        Column::new("cena", AMOUNT),
        Column::new("opis", Type::VarCharMax),
        Column::new("tc_IdWaluta1", Type::Char(3)),
        Column::new("zdjęcie", Type::VarBinaryMax),
        Column::new("", Type::Bit),
    ];
    let server = server(move |_: &str, _: &[Value]| {
        let row = vec![
            Value::Int(101),
            "Koszula lniana M".into(),
            Value::Decimal(Decimal::new(999_900, 4)),
            Value::Null,
            "PLN".into(),
            vec![1, 2, 3].into(),
            false.into(),
        ];
        Reply::Rows(Table::new(columns.clone(), [row]))
    })
    .await;
    let mut client = connect(&server).await;
    let row = client.simple_query("SELECT *").await.unwrap().into_row().await.unwrap().unwrap();
    assert_eq!(row.get::<i32, _>("tw_Id"), Some(101));
    assert_eq!(row.get::<&str, _>("tw_Nazwa"), Some("Koszula lniana M"));
    assert_eq!(row.get::<Decimal, _>("cena").unwrap().to_string(), "99.9900");
    assert_eq!(row.get::<&str, _>("opis"), None);
    assert_eq!(row.get::<&str, _>("tc_IdWaluta1"), Some("PLN"));
    assert_eq!(row.get::<&[u8], _>("zdjęcie"), Some(&[1, 2, 3][..]));
    assert_eq!(row.get::<bool, _>(6), Some(false));
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_an_error() {
    let amount = |text: &str| Value::Decimal(text.parse().unwrap());
    for (ty, value, number) in [
        (Type::VarChar(3), Value::from("four"), 8152),
        (Type::Char(3), Value::from("four"), 8152),
        (Type::Int, Value::from("four"), 245),
        (AMOUNT, amount("0.00001"), 8115),
        (Type::Decimal { precision: 9, scale: 4 }, amount("100000"), 8115),
        (Type::Decimal { precision: 28, scale: 28 }, amount("79228162514264337593543950335"), 8115),
        (Type::DateTime, NaiveDateTime::MIN.into(), 242),
    ] {
        let error = column(ty, vec![Value::Null, value, Value::Null]).await.unwrap_err();
        assert_eq!(refusal(&error), (number, 16));
    }
}
