//! The cheapest two-way cut of a pixel graph (Boykov and Kolmogorov, 2004): which pixels are
//! piece and which are background, given what each pixel alone suggests and how much it costs
//! to part two neighbours. Knows nothing of colours; `evidence` supplies the numbers.

use std::collections::VecDeque;

/// No neighbour, or no parent.
const NONE: u32 = u32::MAX;
const TO_TERMINAL: u8 = 8;
const ORPHAN: u8 = 9;
const FREE: u8 = 10;

/// The eight neighbours of a pixel as (dx, dy); direction `d` and `7 - d` are opposite.
pub(super) const AROUND: [(isize, isize); 8] =
    [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)];

/// A graph of up to eight neighbours a node, with one shared source (piece) and sink (background).
pub(super) struct Graph {
    near: Vec<[u32; 8]>,
    room: Vec<[i32; 8]>,
    /// Above zero: left from the source; below zero: left to the sink.
    pull: Vec<i32>,
    parent: Vec<u8>,
    in_sink_tree: Vec<bool>,
    queued: Vec<bool>,
    stamp: Vec<u32>,
    depth: Vec<u32>,
    active: VecDeque<u32>,
    orphans: VecDeque<u32>,
    time: u32,
}

impl Graph {
    /// A graph of `nodes` nodes without edges.
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            near: vec![[NONE; 8]; nodes],
            room: vec![[0; 8]; nodes],
            pull: vec![0; nodes],
            parent: vec![FREE; nodes],
            in_sink_tree: vec![false; nodes],
            queued: vec![false; nodes],
            stamp: vec![0; nodes],
            depth: vec![0; nodes],
            active: VecDeque::new(),
            orphans: VecDeque::new(),
            time: 0,
        }
    }

    /// Adds to what a node alone suggests: above zero for piece, below for background.
    pub(super) fn lean(&mut self, node: usize, weight: i32) {
        self.pull[node] += weight;
    }

    /// Makes parting `node` and its neighbour in direction `way` cost `weight`, both ways round.
    pub(super) fn tie(&mut self, node: usize, way: usize, other: usize, weight: i32) {
        self.near[node][way] = other as u32;
        self.near[other][7 - way] = node as u32;
        self.room[node][way] = weight;
        self.room[other][7 - way] = weight;
    }

    /// Finds the cut; true for each node on the piece's side.
    pub(super) fn solve(mut self) -> Vec<bool> {
        for node in 0..self.pull.len() {
            if self.pull[node] != 0 {
                self.in_sink_tree[node] = self.pull[node] < 0;
                self.parent[node] = TO_TERMINAL;
                self.depth[node] = 1;
                self.wake(node as u32);
            }
        }
        while let Some(node) = self.active.pop_front() {
            self.queued[node as usize] = false;
            // A node stays in front until it finds no further path.
            while self.parent[node as usize] != FREE {
                let Some((from, way)) = self.grow(node as usize) else { break };
                self.time += 1;
                self.push(from, way);
                while let Some(orphan) = self.orphans.pop_front() {
                    self.adopt(orphan as usize);
                }
            }
        }
        (0..self.pull.len()).map(|n| self.parent[n] != FREE && !self.in_sink_tree[n]).collect()
    }

    fn wake(&mut self, node: u32) {
        if !self.queued[node as usize] {
            self.queued[node as usize] = true;
            self.active.push_back(node);
        }
    }

    /// Room left on the edge seen in the direction of flow, for a node of either tree.
    fn room_outward(&self, node: usize, way: usize, other: usize) -> i32 {
        if self.in_sink_tree[node] { self.room[other][7 - way] } else { self.room[node][way] }
    }

    /// Grows a node's tree by its neighbours; the edge where the two trees meet, if one does,
    /// as (node of the source tree, direction).
    fn grow(&mut self, node: usize) -> Option<(usize, usize)> {
        for way in 0..8 {
            let other = self.near[node][way];
            if other == NONE || self.room_outward(node, way, other as usize) == 0 {
                continue;
            }
            let next = other as usize;
            if self.parent[next] == FREE {
                self.in_sink_tree[next] = self.in_sink_tree[node];
                self.hang(next, (7 - way) as u8, node);
                self.wake(other);
            } else if self.in_sink_tree[next] != self.in_sink_tree[node] {
                return Some(if self.in_sink_tree[node] { (next, 7 - way) } else { (node, way) });
            } else if self.stamp[next] <= self.stamp[node] && self.depth[next] > self.depth[node] {
                self.hang(next, (7 - way) as u8, node);
            }
        }
        None
    }

    fn hang(&mut self, child: usize, way: u8, parent: usize) {
        self.parent[child] = way;
        self.stamp[child] = self.stamp[parent];
        self.depth[child] = self.depth[parent] + 1;
    }

    /// Sends as much flow as fits along the path through the meeting edge.
    fn push(&mut self, from: usize, way: usize) {
        let to = self.near[from][way] as usize;
        let amount = self.room[from][way].min(self.narrowest(from)).min(self.narrowest(to));
        self.room[from][way] -= amount;
        self.room[to][7 - way] += amount;
        for start in [from, to] {
            let mut node = start;
            while self.parent[node] != TO_TERMINAL {
                let up = usize::from(self.parent[node]);
                let above = self.near[node][up] as usize;
                let (giver, give) =
                    if self.in_sink_tree[node] { (node, up) } else { (above, 7 - up) };
                let taker = if self.in_sink_tree[node] { above } else { node };
                self.room[giver][give] -= amount;
                self.room[taker][7 - give] += amount;
                if self.room[giver][give] == 0 {
                    self.orphan(node);
                }
                node = above;
            }
            self.pull[node] += if self.in_sink_tree[node] { amount } else { -amount };
            if self.pull[node] == 0 {
                self.orphan(node);
            }
        }
    }

    /// The least room between a node and its terminal.
    fn narrowest(&self, start: usize) -> i32 {
        let mut node = start;
        let mut least = i32::MAX;
        while self.parent[node] != TO_TERMINAL {
            let up = usize::from(self.parent[node]);
            let above = self.near[node][up] as usize;
            let room = if self.in_sink_tree[node] {
                self.room[node][up]
            } else {
                self.room[above][7 - up]
            };
            least = least.min(room);
            node = above;
        }
        least.min(self.pull[node].abs())
    }

    fn orphan(&mut self, node: usize) {
        self.parent[node] = ORPHAN;
        self.orphans.push_back(node as u32);
    }

    /// Finds an orphan a new parent in its own tree, or frees it and orphans its children.
    fn adopt(&mut self, node: usize) {
        let mut best: Option<(u32, u8)> = None;
        for way in 0..8 {
            let other = self.near[node][way];
            if other == NONE || !self.is_kin(node, other as usize) {
                continue;
            }
            if self.room_inward(node, way, other as usize) > 0
                && let Some(depth) = self.depth_of(other as usize)
                && best.is_none_or(|(least, _)| depth < least)
            {
                best = Some((depth, way as u8));
            }
        }
        if let Some((depth, way)) = best {
            self.parent[node] = way;
            self.stamp[node] = self.time;
            self.depth[node] = depth + 1;
            return;
        }
        self.parent[node] = FREE;
        for way in 0..8 {
            let other = self.near[node][way];
            if other == NONE || self.parent[other as usize] == FREE {
                continue;
            }
            let next = other as usize;
            if self.in_sink_tree[next] != self.in_sink_tree[node] {
                continue;
            }
            if self.room_inward(node, way, next) > 0 {
                self.wake(other);
            }
            if usize::from(self.parent[next]) == 7 - way {
                self.orphan(next);
            }
        }
    }

    fn is_kin(&self, node: usize, other: usize) -> bool {
        self.parent[other] != FREE && self.in_sink_tree[other] == self.in_sink_tree[node]
    }

    /// Room on the edge by which `other` could be the parent of `node`.
    fn room_inward(&self, node: usize, way: usize, other: usize) -> i32 {
        if self.in_sink_tree[node] { self.room[node][way] } else { self.room[other][7 - way] }
    }

    /// How far a node is from its terminal, if it still hangs on one; marks the way as checked.
    fn depth_of(&mut self, start: usize) -> Option<u32> {
        let mut node = start;
        let mut steps = 0;
        loop {
            if self.stamp[node] == self.time {
                steps += self.depth[node];
                break;
            }
            match self.parent[node] {
                TO_TERMINAL => {
                    self.stamp[node] = self.time;
                    self.depth[node] = 1;
                    steps += 1;
                    break;
                }
                ORPHAN | FREE => return None,
                up => node = self.near[node][usize::from(up)] as usize,
            }
            steps += 1;
        }
        let (mut node, mut left) = (start, steps);
        while self.stamp[node] != self.time {
            self.stamp[node] = self.time;
            self.depth[node] = left;
            left -= 1;
            node = self.near[node][usize::from(self.parent[node])] as usize;
        }
        Some(steps)
    }
}

/// The neighbours of a pixel, each with its direction.
pub(super) fn neighbours(
    node: usize,
    width: usize,
    height: usize,
) -> impl Iterator<Item = (usize, usize)> {
    let (x, y) = (node % width, node / width);
    AROUND.iter().enumerate().filter_map(move |(way, (dx, dy))| {
        let (nx, ny) = (x.wrapping_add_signed(*dx), y.wrapping_add_signed(*dy));
        (nx < width && ny < height).then(|| (way, ny * width + nx))
    })
}

/// The four neighbours that come later in row order, so that each pair is met once.
pub(super) fn later_neighbours(
    node: usize,
    width: usize,
    height: usize,
) -> impl Iterator<Item = (usize, usize)> {
    neighbours(node, width, height).filter(|(way, _)| *way >= 4)
}
