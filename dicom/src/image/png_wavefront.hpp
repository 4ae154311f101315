#pragma once
/// The wavefront over one band of rows, for any vector type. Included only by the files that are
/// compiled for one processor's instructions: what is here and in them must not be shared with
/// others, so it is in an unnamed namespace and uses no inline function from elsewhere.
///
/// Lane r holds row r of the band. At step t it undoes pixel t - r, whose neighbours are then
/// known:
///   left        what lane r undid at step t - 1
///   above       what lane r - 1 undid at step t - 1
///   above left  what was above at step t - 1
/// Lane 0 takes the pixels above from the band before. Sixteen steps are one block: a 16 × 16
/// transposition turns rows into steps, another one turns them back.
///
/// `Vector` gives: Bytes, lanes, zero(), load(p), gather(p, stride), scatter(p, stride, v),
/// interleave_low/high(v, w), shifted(v, carry), and arithmetic of unsigned bytes.

#include "image/png_filter.hpp"
#include "image/png_unfilter.hpp"

#include <cstring>

namespace cxr::dicom {
namespace {  // each including file needs its own, see above

constexpr unsigned block_steps = 16;

std::size_t stride_of(const FilteredRows& filtered) {
    return std::size_t{filtered.columns} + 1;
}
const std::uint8_t* row_of(const FilteredRows& filtered, std::size_t number) {
    return filtered.bytes + number * stride_of(filtered);
}

/// Bytes of lanes × 16: lane r of step[t], or byte t of row r. Four times interleaving exchanges
/// the two.
template <class Vector>
struct Block {
    typename Vector::Bytes step[block_steps];

    /// Interleaves the first half's vectors with the second half's.
    void interleave_into(Block& mixed) const {
        for (unsigned i = 0; i < block_steps / 2; ++i) {
            mixed.step[2 * i] = Vector::interleave_low(step[i], step[i + block_steps / 2]);
            mixed.step[2 * i + 1] = Vector::interleave_high(step[i], step[i + block_steps / 2]);
        }
    }
    void transpose() {
        Block mixed;
        interleave_into(mixed);
        mixed.interleave_into(*this);
        interleave_into(mixed);
        mixed.interleave_into(*this);
    }
};

/// Which lanes see which neighbours. Paeth's predictor of (left, 0, 0) is left, of (0, above, 0) is
/// above, of nothing is 0: so one predictor serves all filters but Average.
template <class Vector>
struct Neighbours {
    using Bytes = typename Vector::Bytes;
    Bytes left, above, above_left, average;

    Neighbours(const FilteredRows& filtered, std::size_t first_row) {
        std::uint8_t lanes[4][Vector::lanes];
        for (unsigned r = 0; r < Vector::lanes; ++r) {
            const std::uint8_t type = *row_of(filtered, first_row + r);
            const bool paeth = type == filter_paeth;
            lanes[0][r] = type == filter_sub || paeth ? 0xff : 0;
            lanes[1][r] = type == filter_up || paeth ? 0xff : 0;
            lanes[2][r] = paeth ? 0xff : 0;
            lanes[3][r] = type == filter_average ? 0xff : 0;
        }
        left = Vector::load(lanes[0]);
        above = Vector::load(lanes[1]);
        above_left = Vector::load(lanes[2]);
        average = Vector::load(lanes[3]);
    }
};

/// PNG §9.4 in unsigned bytes. With a and b on one side of c, p is farther from c than from either;
/// with c between them, p is |pa - pb| away from it.
template <class Vector>
typename Vector::Bytes paeth(typename Vector::Bytes a,
                             typename Vector::Bytes b,
                             typename Vector::Bytes c) {
    using V = Vector;
    const auto pa = V::difference(b, c);
    const auto pb = V::difference(a, c);
    const auto nearer = V::minimum(pa, pb);
    const auto pc = V::subtract(V::maximum(pa, pb), nearer);
    const auto one_side = V::equal(V::not_less(a, c), V::not_less(b, c));
    const auto not_c = V::either(one_side, V::not_less(pc, nearer));
    return V::choose(not_c, V::choose(V::not_less(pb, pa), a, b), c);
}

/// What one step leaves to the next.
template <class Vector>
struct Wavefront {
    using Bytes = typename Vector::Bytes;
    Bytes pixel = Vector::zero();
    Bytes above = Vector::zero();

    /// @param carry its last byte is what is above lane 0
    void step(const Neighbours<Vector>& sees, Bytes& filtered, const std::uint8_t* carry) {
        using V = Vector;
        const Bytes above_left = above;
        above = V::shifted(pixel, carry);
        const Bytes predicted = V::choose(sees.average,
                                          V::average(pixel, above),
                                          paeth<V>(V::both(pixel, sees.left),
                                                   V::both(above, sees.above),
                                                   V::both(above_left, sees.above_left)));
        pixel = V::add(filtered, predicted);
        filtered = pixel;
    }
};

/// Writes of each row only the pixels that it has: the last blocks reach beyond their ends.
template <class Vector>
void scatter_ends(const Block<Vector>& block, std::uint8_t* band, std::size_t columns, long first) {
    std::uint8_t rows[Vector::lanes][block_steps];
    for (unsigned r = 0; r < block_steps; ++r) {
        Vector::scatter(rows[r], block_steps, block.step[r]);
    }
    for (unsigned r = 0; r < Vector::lanes; ++r) {
        const long x = first - static_cast<long>(r);
        const long left = static_cast<long>(columns) - x;
        if (left > 0) {
            const long count = left < long{block_steps} ? left : long{block_steps};
            std::memcpy(band + r * columns + x, rows[r], static_cast<std::size_t>(count));
        }
    }
}

/// At least this wide: then what a row's first block writes before its first pixel is the end of
/// the row above, which is written again later; and all reads stay within rows and margin.
template <class Vector>
constexpr std::size_t columns_min = 2 * Vector::lanes + block_steps;

/// Lane r of step t is of a pixel if r <= t.
template <class Vector>
struct Onset {
    std::uint8_t lanes[2 * Vector::lanes] = {};
    constexpr Onset() {
        for (unsigned r = 0; r < Vector::lanes; ++r) {
            lanes[r] = 0xff;
        }
    }
    [[nodiscard]] typename Vector::Bytes at(long step) const {
        return Vector::load(lanes + (Vector::lanes - 1 - step));
    }
};

template <class Vector>
void unfilter_band(const FilteredRows& filtered, std::size_t first_row, std::uint8_t* pixels) {
    static constexpr Onset<Vector> onset;
    static constexpr std::uint8_t nothing[block_steps] = {};
    const std::size_t columns = filtered.columns;
    std::uint8_t* band = pixels + first_row * columns;
    const bool topmost = first_row == 0;
    const std::uint8_t* carry = topmost ? nothing : band - columns - (block_steps - 1);
    const std::size_t carry_step = topmost ? 0 : 1;
    const std::uint8_t* source = row_of(filtered, first_row) + 1;

    const Neighbours<Vector> sees(filtered, first_row);
    Wavefront<Vector> wave;
    const long steps = static_cast<long>(columns + Vector::lanes) - 1;
    for (long first = 0; first < steps; first += block_steps) {
        Block<Vector> block;
        for (unsigned r = 0; r < block_steps; ++r) {
            block.step[r] = Vector::gather(source + r * (stride_of(filtered) - 1) + first,
                                           stride_of(filtered) - 1);
        }
        block.transpose();
        for (unsigned t = 0; t < block_steps; ++t) {
            wave.step(sees, block.step[t], carry);
            carry += carry_step;
            if (first < long{Vector::lanes}) {
                wave.pixel = Vector::both(wave.pixel, onset.at(first + long{t}));
            }
        }
        block.transpose();
        if (first + long{block_steps} > static_cast<long>(columns)) {
            scatter_ends(block, band, columns, first);
            continue;
        }
        for (unsigned r = 0; r < block_steps; ++r) {
            Vector::scatter(band + r * (columns - 1) + first, columns - 1, block.step[r]);
        }
    }
}

/// As many whole bands as there are.
/// @return how many rows they were
template <class Vector>
std::size_t unfilter_bands(const FilteredRows& filtered, std::uint8_t* pixels) {
    if (filtered.columns < columns_min<Vector>) {
        return 0;
    }
    const std::size_t rows = filtered.rows - filtered.rows % Vector::lanes;
    for (std::size_t row = 0; row < rows; row += Vector::lanes) {
        unfilter_band<Vector>(filtered, row, pixels);
    }
    return rows;
}

}  // namespace
}  // namespace cxr::dicom
