package dataset

import (
	"fmt"
	"strings"
)

// features are the names of the shipped sets' columns, with units where these are
// known, as the UCI repository and scikit-learn have them.
func features(set string) []string {
	switch set {
	case "iris":
		return []string{"sepal length cm", "sepal width cm", "petal length cm", "petal width cm"}
	case "wine":
		return strings.Split("alcohol,malic acid,ash,alcalinity of ash,magnesium,total phenols,flavanoids,nonflavanoid phenols,proanthocyanins,colour intensity,hue,od280/od315,proline", ",")
	case "breast-cancer":
		var names []string
		for _, of := range []string{"mean", "error of", "worst"} {
			for _, name := range strings.Split("radius,texture,perimeter,area,smoothness,compactness,concavity,concave points,symmetry,fractal dimension", ",") {
				names = append(names, of+" "+name)
			}
		}
		return names
	case "digits":
		var names []string
		for i := range 64 {
			names = append(names, fmt.Sprintf("row %d column %d", i/8+1, i%8+1))
		}
		return names
	}
	return nil
}
