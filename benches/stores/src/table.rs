/// Rates per second by name and round.
#[derive(Default)]
pub(crate) struct Table(Vec<(String, Vec<f64>)>);

impl Table {
    pub(crate) fn add(&mut self, name: &str, rate: f64) {
        eprintln!("{name}: {rate:.0}/s");
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, rates)) => rates.push(rate),
            None => self.0.push((name.to_owned(), vec![rate])),
        }
    }

    /// Prints the medians per second.
    pub(crate) fn print(&self) {
        println!("| per second | median | least | most |\n|---|---|---|---|");
        for (name, rates) in &self.0 {
            let (least, most) = (fold(rates, f64::min), fold(rates, f64::max));
            println!("| {name} | {:.0} | {least:.0} | {most:.0} |", median(rates.clone()));
        }
    }

    /// Prints the median of the ratios within a round.
    pub(crate) fn ratio(&self, of: &str, to: &str) {
        let rates = |name| self.0.iter().find(|(known, _)| known == name).map(|(_, rates)| rates);
        let (Some(over), Some(under)) = (rates(of), rates(to)) else { return };
        let ratios: Vec<_> = over.iter().zip(under).map(|(over, under)| over / under).collect();
        println!("{of} ÷ {to}: {:.2}", median(ratios));
    }
}

fn fold(rates: &[f64], with: fn(f64, f64) -> f64) -> f64 {
    rates.iter().copied().reduce(with).unwrap_or(f64::NAN)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}
