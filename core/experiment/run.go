package experiment

// Streams of randomness: one named stream a purpose, all seeded by the Spec.
const (
	streamData uint64 = 1 + iota
	streamSplit
	streamVictim
	streamAttack
	streamMetric
)
