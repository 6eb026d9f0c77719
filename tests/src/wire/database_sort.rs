//! The first rows of a list whose order leaves ties, in the order in which PostgreSQL puts them.
//!
//! A list that is sorted by one column with few different values comes in an order that depends on how the database
//! sorts, and that depends on how many rows are asked for: as long as there are more than twice as many rows as the end
//! of the page, it keeps the best ones in a heap, otherwise it sorts all of them by quicksort. Neither keeps ties in
//! their order. So the pages of such a list overlap and miss rows, although nothing changes; the same page of the same
//! list is always the same.

use std::cmp::Ordering;

/// Takes rows in the order in which the database finds them, and keeps those before the end of a page.
#[derive(Debug)]
pub(crate) struct Sorter<T, C> {
    end: usize,
    compare: C,
    rows: Vec<T>,
    is_heap: bool,
}

impl<T: Copy, C: Fn(&T, &T) -> Ordering> Sorter<T, C> {
    /// A sorter for the rows before `end`.
    pub(crate) fn new(end: usize, compare: C) -> Self {
        Self { end, compare, rows: Vec::new(), is_heap: false }
    }

    /// Takes the next row.
    pub(crate) fn push(&mut self, row: T) {
        if self.is_heap {
            return self.offer(row);
        }
        self.rows.push(row);
        if self.rows.len() > self.end.saturating_mul(2) {
            self.is_heap = true;
            for row in std::mem::take(&mut self.rows) {
                self.offer(row);
            }
        }
    }

    /// The rows before the end, sorted.
    pub(crate) fn finish(mut self) -> Vec<T> {
        if self.is_heap {
            for last in (1..self.rows.len()).rev() {
                let (worst, row) = (self.rows[0], self.rows[last]);
                self.sink(row, last);
                self.rows[last] = worst;
            }
        } else {
            quicksort(&mut self.rows, &self.compare);
            self.rows.truncate(self.end);
        }
        self.rows
    }

    /// Takes a row into the heap if there is room or if it is better than the worst one, which is on top.
    fn offer(&mut self, row: T) {
        if self.rows.len() < self.end {
            self.raise(row);
        } else if self.rows.first().is_some_and(|worst| (self.compare)(&row, worst) == Ordering::Less) {
            self.sink(row, self.rows.len());
        }
    }

    /// Adds a row to the heap, and lifts it to its place.
    fn raise(&mut self, row: T) {
        let mut place = self.rows.len();
        self.rows.push(row);
        while place > 0 {
            let parent = (place - 1) / 2;
            if (self.compare)(&row, &self.rows[parent]) != Ordering::Greater {
                break;
            }
            self.rows[place] = self.rows[parent];
            place = parent;
        }
        self.rows[place] = row;
    }

    /// Replaces the top of the heap of the first `size` rows, and lowers the new one to its place.
    fn sink(&mut self, row: T, size: usize) {
        let mut place = 0;
        loop {
            let mut child = 2 * place + 1;
            if child >= size {
                break;
            }
            if child + 1 < size && (self.compare)(&self.rows[child + 1], &self.rows[child]) == Ordering::Greater {
                child += 1;
            }
            if (self.compare)(&row, &self.rows[child]) != Ordering::Less {
                break;
            }
            self.rows[place] = self.rows[child];
            place = child;
        }
        self.rows[place] = row;
    }
}

/// Sorts in the way of Bentley and McIlroy: equal rows gather at both ends, and then move into the middle.
fn quicksort<T: Copy>(mut rows: &mut [T], compare: &impl Fn(&T, &T) -> Ordering) {
    while !rows.is_sorted_by(|left, right| compare(left, right) != Ordering::Greater) {
        if rows.len() < 7 {
            return insertion_sort(rows, compare);
        }
        rows.swap(0, pivot(rows, compare));
        let (before, behind) = partition(rows, compare);
        let size = rows.len();
        let (front, rest) = rows.split_at_mut(size - behind);
        let front = &mut front[..before];
        // The shorter part by recursion, so that it never goes deep.
        rows = match front.len() <= rest.len() {
            true => {
                quicksort(front, compare);
                rest
            }
            false => {
                quicksort(rest, compare);
                front
            }
        };
    }
}

fn insertion_sort<T: Copy>(rows: &mut [T], compare: &impl Fn(&T, &T) -> Ordering) {
    for next in 1..rows.len() {
        let mut place = next;
        while place > 0 && compare(&rows[place - 1], &rows[place]) == Ordering::Greater {
            rows.swap(place - 1, place);
            place -= 1;
        }
    }
}

/// The position of the row in the middle, of the median of three, or of that of nine.
fn pivot<T>(rows: &[T], compare: &impl Fn(&T, &T) -> Ordering) -> usize {
    let (size, middle) = (rows.len(), rows.len() / 2);
    let median = |positions: [usize; 3]| median(rows, positions, compare);
    let step = size / 8;
    match size {
        ..=7 => middle,
        8..=40 => median([0, middle, size - 1]),
        _ => median([
            median([0, step, 2 * step]),
            median([middle - step, middle, middle + step]),
            median([size - 1 - 2 * step, size - 1 - step, size - 1]),
        ]),
    }
}

/// Which of three positions has the row in the middle; ties fall as they do in the database.
fn median<T>(rows: &[T], [first, second, third]: [usize; 3], compare: &impl Fn(&T, &T) -> Ordering) -> usize {
    let compare = |left: usize, right: usize| compare(&rows[left], &rows[right]);
    match compare(first, second) == Ordering::Less {
        true if compare(second, third) == Ordering::Less => second,
        true if compare(first, third) == Ordering::Less => third,
        true => first,
        false if compare(second, third) == Ordering::Greater => second,
        false if compare(first, third) == Ordering::Less => first,
        false => third,
    }
}

/// Parts the rows around the first one, and answers how many come before and behind those that equal it.
fn partition<T: Copy>(rows: &mut [T], compare: &impl Fn(&T, &T) -> Ordering) -> (usize, usize) {
    let size = rows.len();
    // Equal rows are before `equal_front` and behind `equal_back`, unknown ones from `low` to `high`.
    let (mut equal_front, mut low, mut high, mut equal_back) = (1, 1, size - 1, size - 1);
    loop {
        while low <= high {
            match compare(&rows[low], &rows[0]) {
                Ordering::Greater => break,
                Ordering::Equal => {
                    rows.swap(equal_front, low);
                    equal_front += 1;
                }
                Ordering::Less => {}
            }
            low += 1;
        }
        while low <= high {
            match compare(&rows[high], &rows[0]) {
                Ordering::Less => break,
                Ordering::Equal => {
                    rows.swap(high, equal_back);
                    equal_back -= 1;
                }
                Ordering::Greater => {}
            }
            high -= 1;
        }
        if low > high {
            break;
        }
        rows.swap(low, high);
        low += 1;
        high -= 1;
    }
    let (before, behind) = (low - equal_front, equal_back - high);
    swap_ranges(rows, 0, low, equal_front.min(before));
    swap_ranges(rows, low, size, behind.min(size - 1 - equal_back));
    (before, behind)
}

/// Swaps the `count` rows from `start` with those before `end`.
fn swap_ranges<T>(rows: &mut [T], start: usize, end: usize, count: usize) {
    for offset in 0..count {
        rows.swap(start + offset, end - count + offset);
    }
}

#[cfg(test)]
mod tests {
    use super::Sorter;
    use crate::random::Random;

    fn first(rows: &[(u64, usize)], end: usize) -> Vec<(u64, usize)> {
        let mut sorter = Sorter::new(end, |left: &(u64, usize), right: &(u64, usize)| left.0.cmp(&right.0));
        rows.iter().for_each(|row| sorter.push(*row));
        sorter.finish()
    }

    #[test]
    fn the_first_rows_are_the_best_ones_and_sorted() {
        let mut random = Random::new(7);
        for size in [0, 1, 2, 6, 7, 8, 40, 41, 100, 1000] {
            for kinds in [1, 3, 10_000] {
                let rows: Vec<_> = (0..size).map(|number| (random.next() % kinds, number)).collect();
                let mut sorted: Vec<_> = rows.iter().map(|row| row.0).collect();
                sorted.sort_unstable();
                for end in [1, 3, size / 2 + 1, size + 1] {
                    let found = first(&rows, end);
                    let keys: Vec<_> = found.iter().map(|row| row.0).collect();
                    assert_eq!(keys, sorted[..end.min(size)], "{size} rows of {kinds} kinds, {end} wanted");
                    let mut numbers: Vec<_> = found.iter().map(|row| row.1).collect();
                    numbers.sort_unstable();
                    numbers.dedup();
                    assert_eq!(numbers.len(), found.len(), "a row came twice");
                }
            }
        }
    }

    #[test]
    fn ties_fall_as_they_were_seen_in_a_database() {
        // The scores of a report of twelve findings, negated, with "none" as the largest.
        let scores = [75, 53, 0, 0, 78, 67, 75, 81, 75, 55, 75, 47];
        let rows: Vec<_> = scores.iter().enumerate().map(|(number, score)| (100 - *score, number)).collect();
        let order: Vec<_> = first(&rows, 100).iter().map(|row| row.1).collect();
        assert_eq!(order, [7, 4, 0, 6, 8, 10, 5, 9, 1, 11, 3, 2]);
    }

    #[test]
    fn ties_fall_differently_for_another_end() {
        let rows: Vec<_> = (0..100).map(|number| (0, number)).collect();
        let pages = [10, 20, 30].map(|end| first(&rows, end).split_off(end - 10));
        let mut seen = pages.concat();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() < 30, "{pages:?}");
        assert_eq!(first(&rows, 30), first(&rows, 30));
    }
}
