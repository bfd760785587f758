package metric

import "math"

// assign is the permutation p that minimises Σ costs[i·n + p[i]], all finite: the
// Hungarian method in O(n³), adding one row at a time along the cheapest
// alternating path (Kuhn 1955; Jonker, Volgenant 1987).
func assign(costs []float64, n int) []int {
	// Rows and columns count from 1; column 0 holds the row being added.
	rowPrice, colPrice := make([]float64, n+1), make([]float64, n+1)
	owner := make([]int, n+1) // row of each column, 0 if free
	for i := 1; i <= n; i++ {
		owner[0] = i
		end, came := cheapestPath(costs, n, owner, rowPrice, colPrice)
		for j := end; j != 0; j = came[j] {
			owner[j] = owner[came[j]]
		}
	}
	p := make([]int, n)
	for j := 1; j <= n; j++ {
		p[owner[j]-1] = j - 1
	}
	return p
}

// cheapestPath finds a free column that the row in column 0 reaches at the least
// cost, updates the prices, and tells from which column each was reached.
func cheapestPath(costs []float64, n int, owner []int, rowPrice, colPrice []float64) (end int, came []int) {
	came = make([]int, n+1)
	done := make([]bool, n+1)
	slack := make([]float64, n+1)
	for j := range slack {
		slack[j] = math.Inf(1)
	}
	for at := 0; ; {
		done[at] = true
		i, step, next := owner[at], math.Inf(1), 0
		for j := 1; j <= n; j++ {
			if done[j] {
				continue
			}
			if c := costs[(i-1)*n+j-1] - rowPrice[i] - colPrice[j]; c < slack[j] {
				slack[j], came[j] = c, at
			}
			if slack[j] < step {
				step, next = slack[j], j
			}
		}
		for j := range n + 1 {
			if done[j] {
				rowPrice[owner[j]] += step
				colPrice[j] -= step
			} else {
				slack[j] -= step
			}
		}
		if at = next; owner[at] == 0 {
			return at, came
		}
	}
}
