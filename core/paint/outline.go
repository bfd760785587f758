package paint

// Outline is the corners of a class's mark, all of about the area of a disc of
// radius r: nil for the disc itself, a triangle, a square or a cross.
func Outline(class int, x, y, r float64) []Point {
	var corners [][2]float64
	switch class % 4 {
	case 1:
		k := r * 1.3
		corners = [][2]float64{{0, -k}, {k, k * 0.72}, {-k, k * 0.72}}
	case 2:
		k := r * 0.92
		corners = [][2]float64{{-k, -k}, {k, -k}, {k, k}, {-k, k}}
	case 3:
		a, b := r*0.42, r*1.2 // half the arm's width, the arm's length
		corners = [][2]float64{{-a, -b}, {a, -b}, {a, -a}, {b, -a}, {b, a}, {a, a}, {a, b}, {-a, b}, {-a, a}, {-b, a}, {-b, -a}, {-a, -a}}
	}
	var out []Point
	for _, c := range corners {
		out = append(out, Point{x + c[0], y + c[1]})
	}
	return out
}
