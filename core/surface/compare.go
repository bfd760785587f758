package surface

import "math"

// Disagreement is the share of pixels whose labels differ in two fields of the
// same raster.
func Disagreement(a, b *Field) float64 {
	sameRaster(a, b)
	n := 0
	for i, l := range a.Labels {
		if l != b.Labels[i] {
			n++
		}
	}
	return float64(n) / float64(len(a.Labels))
}

// DisagreementTo writes 1 where the labels of two fields of the same raster
// differ and 0 elsewhere to dst, h·w bytes, and returns the share of ones.
func DisagreementTo(dst []uint8, a, b *Field) float64 {
	sameRaster(a, b)
	n := 0
	dst = dst[:len(a.Labels)]
	for i, l := range a.Labels {
		dst[i] = 0
		if l != b.Labels[i] {
			dst[i] = 1
			n++
		}
	}
	return float64(n) / float64(len(a.Labels))
}

// DistanceTo writes the total variation ½Σ|p − q| between the probabilities of
// two fields of the same raster and classes to dst, h·w numbers from 0 to 1, and
// returns the largest and their mean. Margins of SVMs are read as by
// ConfidenceTo.
func DistanceTo(dst []float32, a, b *Field) (largest, mean float64) {
	sameRaster(a, b)
	if a.Classes != b.Classes {
		panic("surface: the fields have different classes")
	}
	c := a.Classes
	q := make([]float64, blockPixels*c)
	a.eachProbabilities(func(at int, p []float64) {
		b.probabilitiesTo(q[:len(p)], at)
		for k := range len(p) / c {
			d := 0.0
			for i := k * c; i < k*c+c; i++ {
				d += math.Abs(p[i] - q[i])
			}
			d /= 2
			dst[at+k] = float32(d)
			mean += d
			largest = max(largest, d)
		}
	})
	return largest, mean / float64(len(a.Labels))
}

func sameRaster(a, b *Field) {
	if a.Raster != b.Raster {
		panic("surface: the fields are on different rasters")
	}
}
