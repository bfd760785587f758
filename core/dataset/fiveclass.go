package dataset

import "math/rand/v2"

// fiveClass is sklearn.datasets.make_classification(n_classes=5,
// n_informative=4) with its other defaults: 20 features, of them 4 informative,
// 2 linear mixtures of those and 14 noise, in random order; two Gaussian clusters
// a class on vertices of the hypercube {-1, 1}⁴.
func fiveClass(s *Set, o Options, r *rand.Rand) {
	const informative, redundant, dim, clusters = 4, 2, 20, 10
	vertices := r.Perm(1 << informative)
	for i := range s.X {
		s.X[i] = r.NormFloat64()
	}
	parts(o.N, clusters, func(k, from, to int) {
		a := uniform(informative*informative, r)
		for i := from; i < to; i++ {
			s.Y[i] = k % o.Classes
			z := s.X[i*dim : i*dim+informative]
			mixed := product(z, a, informative)
			for j := range z {
				z[j] = mixed[j] + float64(2*(vertices[k]>>j&1)-1)
			}
		}
	})
	b := uniform(informative*redundant, r)
	for i := range o.N {
		row := s.X[i*dim : (i+1)*dim]
		copy(row[informative:], product(row[:informative], b, redundant))
	}
	flip(s.Y, o.Classes, o.Noise, r)
	order := r.Perm(dim)
	row := make([]float64, dim)
	for i := range o.N {
		copy(row, s.X[i*dim:(i+1)*dim])
		for j, from := range order {
			s.X[i*dim+j] = row[from]
		}
	}
}

// uniform returns n draws from [-1, 1).
func uniform(n int, r *rand.Rand) []float64 {
	u := make([]float64, n)
	for i := range u {
		u[i] = 2*r.Float64() - 1
	}
	return u
}

// product is the row vector z times the len(z)×cols matrix m.
func product(z, m []float64, cols int) []float64 {
	p := make([]float64, cols)
	for i, v := range z {
		for j := range p {
			p[j] += v * m[i*cols+j]
		}
	}
	return p
}

// flip draws a share of the labels anew. The last point of a class keeps its
// label: a set without one of its classes can't be trained on.
func flip(y []int, classes int, share float64, r *rand.Rand) {
	count := make([]int, classes)
	for _, c := range y {
		count[c]++
	}
	for i := range y {
		if r.Float64() >= share {
			continue
		}
		c := r.IntN(classes)
		if count[y[i]] > 1 {
			count[y[i]]--
			count[c]++
			y[i] = c
		}
	}
}
