//! The faults that a platform is given on purpose.

/// What is wrong with a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It loses the last product of each page.
    DropsLastOfPage,
    /// It brings a product twice.
    DoublesOne,
    /// It rounds prices to two places.
    RoundsPrices,
    /// Its stream stops without an end.
    StopsWithoutEnd,
    /// It reads the default language, whatever it is told.
    IgnoresLanguage,
    /// What it does not understand it takes for the end.
    TakesErrorsForTheEnd,
    /// It does not tell what the shop cannot deliver.
    HidesUndeliverable,
    /// It says that it has read all when it has not.
    SaysComplete,
    /// It asks again at once when it is asked to wait.
    Hammers,
    /// It asks again after a while of its own choosing.
    BacksOffOnItsOwn,
    /// It goes where it is sent.
    FollowsRedirects,
    /// It never asks again.
    GivesUpAtOnce,
    /// It takes a refused key for a failure like others.
    RefusalIsFailure,
    /// It tries a refused key again and again.
    InsistsOnKey,
    /// It keeps rejects to itself.
    HidesRejects,
    /// It says of what it cannot read that the shop does not offer it.
    SkipsRejects,
    /// It offers what is kept from shoppers.
    SellsHidden,
    /// It tells again what it has read of a product's texts before.
    RemembersTexts,
    /// It loses products that are asked for by their ids.
    LosesChosen,
    /// It reads everything, whenever it was changed.
    IgnoresSince,
    /// It panics at a broken record.
    PanicsAtBrokenRecord,
    /// It keeps no more than so much of a text.
    CutsNames,
    /// It reads only the first hundred variants.
    ForgetsVariants,
    /// It asks for each product by itself.
    AsksForEach,
    /// It counts no requests.
    CountsNothing,
    /// It collects the catalogue before it tells of the first product.
    HoldsCatalogue,
    /// It reads everything, whatever it is asked for.
    ReadsAll,
    /// It tells again what it has read of a product before.
    RemembersVariants,
    /// It tells another identity of a picture each time it is opened.
    RenamesPictures,
    /// It shows its key in an error.
    TellsKey,
    /// It writes its key into the log.
    LogsKey,
    /// It shows one picture for all.
    OnePicture,
    /// It writes a change of stock twice.
    WritesTwice,
    /// It adds what was sold.
    ForgetsSign,
    /// It sets the level that is to be there, without looking what is there.
    SetsBlindly,
    /// It says that a change was done, and does nothing.
    PretendsToWrite,
    /// It takes a change for done, whatever is answered.
    TakesErrorsForDone,
    /// It asks again at once for changes that were not answered, by other names.
    RepeatsUnanswered,
    /// It does not know the changes that it was asked for.
    ForgetsKeys,
    /// It asks for each change by itself.
    AdjustsEach,
    /// It leaves the last variant out of its levels, and says that they are all.
    LeavesOutLevel,
    /// It takes stock that nobody counts for none.
    UnknownIsZero,
    /// It never says that it has told all levels.
    NeverTellsAll,
}
