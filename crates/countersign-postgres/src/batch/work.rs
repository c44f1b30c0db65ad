use countersign_inbox::StoreError;

/// An operation that runs in batches.
pub(crate) trait Work: Send + Sync + 'static {
    type Item: Send + Sync + 'static;
    type Answer: Send + 'static;

    /// Returns the size of an item in bytes.
    fn weight(item: &Self::Item) -> usize;

    /// Runs the batch. Returns one answer per item, or none for an item that is locked, which is retried without the
    /// others. After an error nothing was done, or the outcome is unknown: the whole batch may be repeated.
    fn run(
        &self,
        items: &[Self::Item],
    ) -> impl Future<Output = Result<Vec<Option<Self::Answer>>, StoreError>> + Send;
}
