//! Figures by name, round after round; their medians, the gate and the closing line.

/// What was measured. Names are told in the order in which they came.
#[derive(Debug, Default)]
pub struct Figures(Vec<(String, Vec<f64>)>);

impl Figures {
    /// Adds a figure of this round.
    pub fn add(&mut self, name: &str, value: f64) {
        eprintln!("  {name:<18}{value:>12.2}");
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => self.0.push((name.to_owned(), vec![value])),
        }
    }

    pub fn median(&self, name: &str) -> Option<f64> {
        let mut values = self.of(name).to_vec();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    fn of(&self, name: &str) -> &[f64] {
        self.0.iter().find(|(known, _)| known == name).map_or(&[], |(_, values)| values)
    }

    /// Adds the ratio of two figures, round by round.
    pub fn compare(&mut self, name: &str, over: &str, under: &str) {
        let ratios: Vec<f64> =
            self.of(over).iter().zip(self.of(under)).map(|(over, under)| over / under).collect();
        for ratio in ratios {
            self.add(name, ratio);
        }
    }

    /// The medians of these names; those that were not measured are missing.
    pub fn report(&self, names: &[&str]) -> Report {
        let known = |name: &&str| Some(((*name).to_owned(), self.median(name)?));
        Report { fields: names.iter().filter_map(known).collect(), holds: true }
    }
}

/// What is told in the end.
#[derive(Debug)]
pub struct Report {
    fields: Vec<(String, f64)>,
    holds: bool,
}

impl Report {
    /// Breaks the gate where this does not hold; a figure that is missing has no gate.
    pub fn gate(mut self, what: &str, holds: Option<bool>) -> Self {
        if let Some(holds) = holds {
            eprintln!("gate: {what}: {}", if holds { "holds" } else { "BROKEN" });
            self.holds &= holds;
        }
        self
    }

    /// Says whether a goal is met.
    pub fn goal(self, what: &str, met: Option<bool>) -> Self {
        if let Some(met) = met {
            eprintln!("goal: {what}: {}", if met { "met" } else { "missed" });
        }
        self
    }

    pub fn holds(&self) -> bool {
        self.holds
    }

    /// `result: key=value ..`, or an object.
    pub fn closing(&self, json: bool) -> String {
        let field = |(name, value): &(String, f64)| {
            let value = if *value < 100.0 { format!("{value:.2}") } else { format!("{value:.0}") };
            if json { format!("\"{name}\":{value}") } else { format!("{name}={value}") }
        };
        let fields: Vec<String> = self.fields.iter().map(field).collect();
        if json {
            format!("{{{},\"pass\":{}}}", fields.join(","), self.holds)
        } else {
            format!("result: {} pass={}", fields.join(" "), self.holds)
        }
    }
}
