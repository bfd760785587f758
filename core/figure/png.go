package figure

import (
	"encoding/binary"
	"math/bits"
)

// PNG writes the image's own pixels as a PNG file with a palette (ISO 15948).
//
// It is written here because image/png, with the compressor behind it, would be
// 78 kB of the engine's download. Fields are smooth: what differs from the row
// above is nearly nothing, in long runs, and a compressor that looks for runs and
// for the row above does nearly as well.
func (m *Image) PNG() []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	header := binary.BigEndian.AppendUint32(nil, uint32(m.Columns))
	header = binary.BigEndian.AppendUint32(header, uint32(m.Rows))
	out = appendChunk(out, "IHDR", append(header, 8, 3, 0, 0, 0)) // 8 bits a pixel, a palette
	var palette []byte
	for _, c := range m.Palette {
		palette = append(palette, c[:]...)
	}
	out = appendChunk(out, "PLTE", palette)
	rows := make([]byte, 0, (m.Columns+1)*m.Rows)
	for y := range m.Rows {
		rows = append(rows, 2) // filter Up: the difference to the row above
		for x, v := range m.Pixels[y*m.Columns : (y+1)*m.Columns] {
			if y > 0 {
				v -= m.Pixels[(y-1)*m.Columns+x]
			}
			rows = append(rows, v)
		}
	}
	out = appendChunk(out, "IDAT", deflated(rows, m.Columns+1))
	return appendChunk(out, "IEND", nil)
}

func appendChunk(dst []byte, name string, body []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(body)))
	from := len(dst)
	dst = append(append(dst, name...), body...)
	return binary.BigEndian.AppendUint32(dst, crc32(dst[from:]))
}

func crc32(data []byte) uint32 {
	crc := ^uint32(0)
	for _, b := range data {
		crc ^= uint32(b)
		for range 8 {
			crc = crc>>1 ^ 0xedb88320&-(crc&1)
		}
	}
	return ^crc
}

// deflated is a zlib stream (RFC 1950) of one block with the fixed codes of RFC
// 1951. Repetitions are looked for right before and one row before.
func deflated(data []byte, row int) []byte {
	w := &bitWriter{out: []byte{0x78, 0x01}}
	w.low(3, 3) // the last block, fixed codes
	for i := 0; i < len(data); {
		best, distance := 0, 0
		for _, d := range []int{1, row} {
			n := 0
			for i >= d && n < 258 && i+n < len(data) && data[i+n] == data[i+n-d] {
				n++
			}
			if n > best {
				best, distance = n, d
			}
		}
		if best < 4 {
			w.symbol(int(data[i]))
			i++
			continue
		}
		w.match(best, distance)
		i += best
	}
	w.symbol(256)
	w.low(0, 7) // fill the last byte
	a, b := uint32(1), uint32(0)
	for _, v := range data {
		a = (a + uint32(v)) % 65521
		b = (b + a) % 65521
	}
	return binary.BigEndian.AppendUint32(w.out, b<<16|a)
}

// bitWriter fills bytes from their lowest bit.
type bitWriter struct {
	out  []byte
	held uint64
	n    int
}

func (w *bitWriter) low(v, n int) {
	w.held |= uint64(v) << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.held))
		w.held >>= 8
	}
}

// code writes a Huffman code, its highest bit first.
func (w *bitWriter) code(v, n int) { w.low(int(bits.Reverse16(uint16(v))>>(16-n)), n) }

// symbol writes a byte, the end of the block (256) or a length.
func (w *bitWriter) symbol(v int) {
	switch {
	case v < 144:
		w.code(0x30+v, 8)
	case v < 256:
		w.code(0x190+v-144, 9)
	case v < 280:
		w.code(v-256, 7)
	default:
		w.code(0xc0+v-280, 8)
	}
}

// match writes a repetition of n bytes from so far back.
func (w *bitWriter) match(n, distance int) {
	if n == 258 {
		w.symbol(285)
	} else {
		code, extra := n-3, 0
		if code >= 8 { // four codes for each number of further bits
			extra = bits.Len(uint(code)) - 3
			code = 4*extra + code>>extra
		}
		w.symbol(257 + code)
		w.low((n-3)&(1<<extra-1), extra)
	}
	code, extra := distance-1, 0
	if code >= 4 { // two codes for each number of further bits
		extra = bits.Len(uint(code)) - 2
		code = 2*extra + code>>extra
	}
	w.code(code, 5)
	w.low((distance-1)&(1<<extra-1), extra)
}
