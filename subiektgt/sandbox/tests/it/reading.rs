//! The statements that a reading connector sends, through a client, against a synthetic firm.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use subiektgt_sandbox::{Document, Firm, Options, Picture, Server};
use tiberius::{Row, ToSql};

use crate::client::{Connection, connect, refusal};

const GOODS: u32 = 2000;

async fn start(firm: &Firm) -> (Server, Connection) {
    let server = firm.serve(Options::default()).await.unwrap();
    let client = connect(&server).await;
    (server, client)
}

async fn rows(client: &mut Connection, sql: &str, parameters: &[&dyn ToSql]) -> Vec<Row> {
    let stream = client.query(sql, parameters).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    stream.into_first_result().await.unwrap_or_else(|error| panic!("{error}: {sql}"))
}

async fn ids(client: &mut Connection, sql: &str, parameters: &[&dyn ToSql]) -> Vec<i32> {
    rows(client, sql, parameters).await.iter().map(|row| row.get(0).unwrap()).collect()
}

/// `@P2, @P3, …`, and the values for them.
fn list(from: usize, values: &[i32]) -> (String, Vec<&dyn ToSql>) {
    let names: Vec<_> = (from..from + values.len()).map(|number| format!("@P{number}")).collect();
    (names.join(", "), values.iter().map(|value| value as &dyn ToSql).collect())
}

const ITEMS: &str = "t.tw_Id, t.tw_Symbol, t.tw_Nazwa, t.tw_Opis, t.tw_Charakter, t.tw_PodstKodKresk, t.tw_Rodzaj, \
                     t.tw_Zablokowany, t.tw_IdGrupa, t.tw_IdVatSp, mt.mtw_IdModel, m.mdt_Nazwa, \
                     CAST(c.tc_CenaNetto1 AS decimal(19,4)), CAST(c.tc_CenaBrutto1 AS decimal(19,4)), c.tc_IdWaluta1";

const JOINS: &str =
    "LEFT JOIN sl_ModelTw m ON m.mdt_Id = mt.mtw_IdModel LEFT JOIN tw_Cena c ON c.tc_IdTowar = t.tw_Id";

/// Goods outside of models, page by page.
async fn alone(client: &mut Connection, and: &str) -> Vec<Row> {
    let sql = format!(
        "SELECT TOP (@P1) {ITEMS} FROM tw__Towar t LEFT JOIN sl_ModelTowar mt ON mt.mtw_IdTowar = t.tw_Id {JOINS} \
         WHERE t.tw_Usuniety = 0 AND mt.mtw_IdModel IS NULL AND t.tw_Id > @P2 {and} ORDER BY t.tw_Id"
    );
    let (mut last, mut all) = (0_i32, Vec::new());
    loop {
        let page = rows(client, &sql, &[&500_i32, &last]).await;
        let Some(end) = page.last() else { return all };
        last = end.get(0).unwrap();
        all.extend(page);
    }
}

/// Goods in models, page by page, the goods of a model side by side.
async fn in_models(client: &mut Connection) -> Vec<Row> {
    let sql = format!(
        "SELECT TOP (@P1) {ITEMS} FROM sl_ModelTowar mt INNER JOIN tw__Towar t ON t.tw_Id = mt.mtw_IdTowar {JOINS} \
         WHERE t.tw_Usuniety = 0 AND (mt.mtw_IdModel > @P2 OR (mt.mtw_IdModel = @P2 AND t.tw_Id > @P3)) \
         ORDER BY mt.mtw_IdModel, t.tw_Id"
    );
    let (mut last, mut all) = ((0_i32, 0_i32), Vec::new());
    loop {
        let page = rows(client, &sql, &[&500_i32, &last.0, &last.1]).await;
        let Some(end) = page.last() else { return all };
        last = (end.get(10).unwrap(), end.get(0).unwrap());
        all.extend(page);
    }
}

#[tokio::test]
async fn the_lists_of_a_firm_are_read() {
    let (_server, mut client) = start(&Firm::synthetic(10)).await;
    let client = &mut client;
    let sql = "SELECT mag_Id, mag_Symbol, mag_Nazwa, mag_Glowny FROM sl_Magazyn ORDER BY mag_Id";
    let warehouses: Vec<_> = rows(client, sql, &[])
        .await
        .iter()
        .map(|row| {
            let text = |at| row.get::<&str, _>(at).unwrap().to_owned();
            (row.get::<i32, _>(0).unwrap(), text(1), text(2), row.get::<bool, _>(3).unwrap())
        })
        .collect();
    assert_eq!(warehouses[0], (1, "MAG".to_owned(), "Magazyn główny".to_owned(), true));
    assert_eq!(warehouses[1], (2, "SKL".to_owned(), "Sklep".to_owned(), false));

    let labels: Vec<_> = (1..=10).map(|level| format!("twp_NazwaCeny{level}")).collect();
    let labels = rows(client, &format!("SELECT {} FROM tw_Parametr", labels.join(", ")), &[]).await;
    let labels: Vec<_> = (0..10).map(|at| labels[0].get::<&str, _>(at).unwrap()).collect();
    assert_eq!(labels, ["Detaliczna", "Hurtowa", "Specjalna", "", "", "", "", "", "", ""]);

    let groups = ids(client, "SELECT grt_Id, grt_Nazwa FROM sl_GrupaTw ORDER BY grt_Id", &[]).await;
    assert_eq!(groups, [1, 2, 3, 4, 5, 6]);
    let tags = ids(client, "SELECT ctw_Id, ctw_Nazwa FROM sl_CechaTw ORDER BY ctw_Id", &[]).await;
    assert_eq!(tags, [1, 2, 3, 101, 102, 103, 104, 201, 202, 203, 204, 205]);

    let sql = "SELECT vat_Id, vat_Symbol, CAST(vat_Stawka AS decimal(19,4)) FROM sl_StawkaVAT";
    let rates: BTreeMap<_, _> = rows(client, sql, &[])
        .await
        .iter()
        .map(|row| (row.get::<&str, _>(1).unwrap().to_owned(), row.get::<Decimal, _>(2).unwrap()))
        .collect();
    assert_eq!(rates["23"], Decimal::from(23));
    assert_eq!(rates["zw"], Decimal::from(-1));
    assert_eq!(rates["FI 25,5"], Decimal::new(255, 1));

    let sql = "SELECT wc.wch_IdCecha, w.wct_Id, w.wct_Nazwa FROM sl_WlasciwoscCecha wc \
               INNER JOIN sl_WlasciwCechTw w ON w.wct_Id = wc.wch_IdWlasciwosc";
    let properties = rows(client, sql, &[]).await;
    assert_eq!(properties.len(), 9);
    assert_eq!(properties[0].get::<&str, _>(2), Some("Kolor"));

    let sql = "SELECT tw_Symbol FROM tw__Towar WHERE tw_Usuniety = 0 GROUP BY tw_Symbol HAVING COUNT(*) > 1";
    assert!(rows(client, sql, &[]).await.is_empty());

    let sql = "SELECT CAST(SERVERPROPERTY('ProductVersion') AS varchar(64))";
    assert_eq!(rows(client, sql, &[]).await[0].get::<&str, _>(0), Some("10.50.1600.1"));
}

#[tokio::test]
async fn every_good_is_read_once_with_or_without_its_model() {
    let (_server, mut client) = start(&Firm::synthetic(GOODS)).await;
    let client = &mut client;
    let sql = "SELECT TOP (@P1) tw_Id FROM tw__Towar WHERE tw_Usuniety = 0 AND tw_Id > @P2 ORDER BY tw_Id";
    let all = ids(client, sql, &[&1_000_000_i64, &0_i64]).await;
    assert_eq!(all.len(), 1960, "one of fifty is deleted");
    let (alone, in_models) = (alone(client, "").await, in_models(client).await);
    let id = |row: &Row| row.get::<i32, _>(0).unwrap();
    let mut read: Vec<_> = alone.iter().chain(&in_models).map(id).collect();
    read.sort_unstable();
    assert_eq!(read, all);
    let share = in_models.len() * 100 / all.len();
    assert!((32..=35).contains(&share), "{share} % in models");
    let mut sizes: BTreeMap<i32, usize> = BTreeMap::new();
    in_models.iter().for_each(|row| *sizes.entry(row.get(10).unwrap()).or_default() += 1);
    assert!(sizes.values().all(|size| (1..=5).contains(size)));
    for row in &in_models {
        let text = |at| row.get::<&str, _>(at).unwrap();
        assert!(text(2).starts_with(text(11)) && text(2) != text(11), "{} of {}", text(2), text(11));
    }
    for row in &alone {
        assert_eq!(row.get::<&str, _>(11), None);
        assert_eq!(row.get::<Decimal, _>(13).is_none(), id(row) % 100 == 0);
    }
    let first = &in_models[0];
    assert_eq!((id(first), first.get::<&str, _>(1)), (1, Some("SYN-00001")));
    assert_eq!(first.get::<&str, _>(5), Some("5900000000015"));
    assert_eq!(first.get::<&str, _>(14), Some("PLN"));
    let gross = first.get::<Decimal, _>(13).unwrap();
    assert!(gross.scale() == 4 && gross > first.get::<Decimal, _>(12).unwrap());
}

#[tokio::test]
async fn goods_are_read_by_what_they_are_for_by_their_ids_and_without_models() {
    let (_server, mut client) = start(&Firm::synthetic(GOODS)).await;
    let client = &mut client;
    let for_shops = alone(client, "AND t.tw_SklepInternet = 1").await;
    assert!(!for_shops.is_empty());
    assert!(for_shops.iter().all(|row| row.get::<i32, _>(0).unwrap() % 7 != 0));

    let wanted: Vec<i32> = (400..900).rev().collect();
    let (names, values) = list(1, &wanted);
    let sql = format!(
        "SELECT {ITEMS} FROM tw__Towar t LEFT JOIN sl_ModelTowar mt ON mt.mtw_IdTowar = t.tw_Id {JOINS} \
         WHERE t.tw_Usuniety = 0 AND t.tw_Id IN ({names}) ORDER BY t.tw_Id"
    );
    let expected: Vec<i32> = (400..900).filter(|id| id % 50 != 0).collect();
    assert_eq!(ids(client, &sql, &values).await, expected);

    let sql = "SELECT TOP (@P1) t.tw_Id, CAST(c.tc_CenaNetto1 AS decimal(19,4)) FROM tw__Towar t \
               LEFT JOIN tw_Cena c ON c.tc_IdTowar = t.tw_Id WHERE t.tw_Usuniety = 0 AND t.tw_Id > @P2 ORDER BY t.tw_Id";
    assert_eq!(ids(client, sql, &[&3_i32, &48_i32]).await, [49, 51, 52]);
}

#[tokio::test]
async fn what_belongs_to_goods_is_read_by_their_ids() {
    let firm = Firm::synthetic(GOODS);
    let (_server, mut client) = start(&firm).await;
    let client = &mut client;
    let wanted: Vec<i32> = (1..=500).collect();
    let (names, values) = list(1, &wanted);

    let sql = format!(
        "SELECT cht_IdTowar, cht_IdCecha FROM tw_CechaTw WHERE cht_IdTowar IN ({names}) ORDER BY cht_IdTowar, cht_Id"
    );
    let tagged = ids(client, &sql, &values).await;
    assert!(tagged.is_sorted() && tagged.contains(&1) && tagged.iter().all(|id| *id <= 500));

    let sql = format!(
        "SELECT zd_Id, zd_IdTowar, zd_CRC, DATALENGTH(zd_Zdjecie), SUBSTRING(CAST(zd_Zdjecie AS varbinary(max)), 1, 16), \
         SUBSTRING(CAST(zd_Zdjecie AS varbinary(max)), DATALENGTH(zd_Zdjecie) - 63, 64) FROM tw_ZdjecieTw \
         WHERE zd_IdTowar IN ({names}) ORDER BY zd_IdTowar, zd_Glowne DESC, zd_Id"
    );
    let pictures = rows(client, &sql, &values).await;
    assert!(pictures.iter().any(|row| row.get::<i32, _>(2).is_none()));
    for row in &pictures {
        let id: i32 = row.get(0).unwrap();
        let whole = sandbox_kit::png(u64::from(id.unsigned_abs()));
        assert_eq!(row.get::<i32, _>(3).map(i64::from), i64::try_from(whole.len()).ok());
        assert_eq!(row.get::<&[u8], _>(4), Some(&whole[..16]));
        assert_eq!(row.get::<&[u8], _>(5), Some(&whole[whole.len() - 64..]));
        let sql = "SELECT zd_Zdjecie FROM tw_ZdjecieTw WHERE zd_Id = @P1 AND DATALENGTH(zd_Zdjecie) <= @P2";
        let most = i64::try_from(whole.len()).unwrap();
        assert_eq!(rows(client, sql, &[&id, &most]).await[0].get::<&[u8], _>(0), Some(&*whole));
        assert!(rows(client, sql, &[&id, &(most - 1)]).await.is_empty());
        if id > 40 {
            break;
        }
    }

    let sql = format!(
        "SELECT k.kpl_IdKomplet, k.kpl_IdSkladnik, CAST(k.kpl_Liczba AS decimal(19,4)), t.tw_Rodzaj, t.tw_Usuniety \
         FROM tw_Komplet k INNER JOIN tw__Towar t ON t.tw_Id = k.kpl_IdSkladnik WHERE k.kpl_IdKomplet IN ({names}) \
         ORDER BY k.kpl_IdKomplet, k.kpl_Id"
    );
    let kits = rows(client, &sql, &values).await;
    assert_eq!(kits[0].get::<i32, _>(0), Some(6));
    assert_eq!(kits[0].get::<i32, _>(1), Some(5));
    assert!(kits.iter().all(|row| row.get::<i32, _>(3) == Some(1)));
}

#[tokio::test]
async fn stock_is_summed_by_ranges_and_by_ids() {
    let firm = Firm::synthetic(GOODS);
    let (_server, mut client) = start(&firm).await;
    let client = &mut client;
    let start = "SELECT st_TowId, SUM(CAST(st_Stan AS decimal(19,4))), SUM(CAST(st_StanRez AS decimal(19,4))) FROM tw_Stan \
                 WHERE";
    let end = "AND st_MagId IN (@P3, @P4) GROUP BY st_TowId ORDER BY st_TowId";
    let sql = format!("{start} st_TowId > @P1 AND st_TowId <= @P2 {end}");
    let by_range = rows(client, &sql, &[&0_i32, &1000_i32, &1_i32, &2_i32]).await;
    for row in &by_range {
        let good: i32 = row.get(0).unwrap();
        let in_all = [1, 2].map(|warehouse| firm.stock(good, warehouse).unwrap_or_default());
        assert_eq!(row.get::<Decimal, _>(1), Some(in_all[0].0 + in_all[1].0), "{good}");
        assert_eq!(row.get::<Decimal, _>(2), Some(in_all[0].1 + in_all[1].1), "{good}");
    }
    let with_stock = |good: &i32| firm.stock(*good, 1).or(firm.stock(*good, 2)).is_some();
    assert_eq!(by_range.len(), (1..=1000).filter(with_stock).count());
    let sql = format!("{start} st_TowId IN (@P1, @P2) {end}");
    let few = ids(client, &sql, &[&10_i32, &11_i32, &1_i32, &2_i32]).await;
    assert_eq!(few, [10, 11].into_iter().filter(with_stock).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_changed_is_read_by_the_next_statement_of_an_open_connection() {
    let firm = Firm::synthetic(20);
    let (_server, mut client) = start(&firm).await;
    let client = &mut client;
    let stock = "SELECT CAST(st_Stan AS decimal(19,4)) FROM tw_Stan WHERE st_TowId = 3 AND st_MagId = 1";
    firm.set_stock(3, 1, Decimal::from(77), Decimal::ZERO);
    assert_eq!(rows(client, stock, &[]).await[0].get(0), Some(Decimal::from(77)));
    firm.set_stock(3, 1, Decimal::new(-15, 1), Decimal::ZERO);
    assert_eq!(rows(client, stock, &[]).await[0].get(0), Some(Decimal::new(-15, 1)));

    let pictures = "SELECT zd_Id FROM tw_ZdjecieTw WHERE zd_IdTowar = 3 ORDER BY zd_Glowne DESC, zd_Id";
    firm.remove_picture(5);
    firm.remove_picture(6);
    for (id, is_main) in [(900, false), (901, true)] {
        firm.put_picture(Picture { id, good: 3, is_main, crc: None, bytes: vec![1] });
    }
    assert_eq!(ids(client, pictures, &[]).await, [901, 900]);

    let document =
        "SELECT dok_Id, dok_NrPelnyOryg, dok_Status FROM dok__Dokument WHERE dok_NrPelnyOryg = @P1";
    assert!(rows(client, document, &[&"klucz-1"]).await.is_empty());
    firm.put_document(Document { id: 4, original_number: "KLUCZ-1".to_owned(), ..Document::default() });
    assert_eq!(ids(client, document, &[&"klucz-1"]).await, [4]);

    let model = "SELECT mtw_IdModel FROM sl_ModelTowar WHERE mtw_IdTowar = 1";
    assert_eq!(ids(client, model, &[]).await, [1]);
    firm.put_in_model(1, 9);
    assert_eq!(ids(client, model, &[]).await, [9]);
    firm.take_from_models(1);
    assert!(rows(client, model, &[]).await.is_empty());

    firm.remove_good(3);
    assert!(rows(client, stock, &[]).await.is_empty());
    assert!(rows(client, pictures, &[]).await.is_empty());
    firm.clear_goods();
    assert!(rows(client, "SELECT tw_Id FROM tw__Towar", &[]).await.is_empty());
}

#[tokio::test]
async fn what_may_not_be_done_is_an_error_of_the_server_and_the_connection_stays() {
    let firm = Firm::synthetic(20);
    let options = Options { database: "Firma".to_owned(), ..Options::default() };
    let server = firm.serve(options).await.unwrap();
    let mut client = connect(&server).await;
    firm.deny("tw_Cena");
    firm.drop_column("tw__Towar", "tw_SklepInternet");
    firm.drop_table("sl_ModelTowar");
    for (sql, number, class, told) in [
        ("UPDATE tw_Stan SET st_Stan = @P1", 102, 15, "Incorrect syntax near"),
        (
            "SELECT TOP (0) tc_Id FROM tw_Cena WHERE tc_Id = @P1",
            229,
            14,
            "'tw_Cena', database 'Firma', schema 'dbo'.",
        ),
        ("SELECT tw_SklepInternet FROM tw__Towar WHERE tw_Id = @P1", 207, 16, "'tw_SklepInternet'"),
        ("SELECT TOP (0) mtw_Id FROM sl_ModelTowar WHERE mtw_Id = @P1", 208, 16, "'sl_ModelTowar'"),
        ("SELECT st_Stan FROM tw_Stan WHERE st_TowId = @P1", 50000, 16, "cast money to decimal"),
    ] {
        let error = match client.query(sql, &[&1_i32]).await {
            Ok(stream) => stream.into_results().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(refusal(&error), (number, class), "{sql}");
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(ids(&mut client, "SELECT tw_Id FROM tw__Towar WHERE tw_Id = @P1", &[&1_i32]).await, [1]);
    }
}

#[tokio::test]
async fn the_same_number_of_goods_is_the_same_firm_and_every_text_fits() {
    let (_one, mut one) = start(&Firm::synthetic(300)).await;
    let (_other, mut other) = start(&Firm::synthetic(600)).await;
    let sql = "SELECT tw_Id, tw_Symbol, tw_Nazwa, tw_Opis, tw_Charakter FROM tw__Towar WHERE tw_Id <= 290 ORDER BY tw_Id";
    let (one, other) = (rows(&mut one, sql, &[]).await, rows(&mut other, sql, &[]).await);
    assert_eq!(one.len(), 290);
    let mut names = BTreeSet::new();
    for (one, other) in one.iter().zip(&other) {
        for at in 1..5 {
            assert_eq!(one.get::<&str, _>(at), other.get::<&str, _>(at));
            assert!(!one.get::<&str, _>(at).unwrap_or_default().contains('?'));
        }
        names.insert(one.get::<&str, _>(2).unwrap().to_owned());
    }
    assert_eq!(names.len(), 290);
}
