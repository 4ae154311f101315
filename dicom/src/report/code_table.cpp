#include "dicom/report/code_table.hpp"

#include "report/embedded_codes.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace cxr::dicom {
namespace {

constexpr std::size_t code_meaning_max = 64;  // LO
constexpr std::size_t short_string_max = 16;  // SH
constexpr std::string_view none = "-";

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Why a code may not be emitted; empty when it may.
std::string_view objection_to(const CodedConcept& code) {
    if (code.value.empty() || code.meaning.empty()) {
        return "a code without value or meaning";
    }
    if (code.meaning.size() > code_meaning_max) {
        return "a Code Meaning of over 64 characters";
    }
    if (code.scheme == private_scheme) {
        return {};  // PS3.3 §8.8: a longer value is written as Long Code Value
    }
    if (code.value.size() > short_string_max) {
        return "a Code Value of over 16 characters";
    }
    if (code.scheme == "SCT") {
        return has_verhoeff_check_digit(code.value) ? "" : "a wrong SNOMED CT check digit";
    }
    return code.scheme == "DCM" || code.scheme == "RADLEX" ? "" : "an unknown coding scheme";
}

/// label value scheme meaning radlex radlex_meaning site_value site_scheme site_meaning source
constexpr std::size_t column_count = 10;

std::string_view read_row(const std::vector<std::string_view>& cells, FindingCodes& codes) {
    codes.finding = {std::string(cells[1]), std::string(cells[2]), std::string(cells[3])};
    if (const auto objection = objection_to(codes.finding); !objection.empty()) {
        return objection;
    }
    if (const std::string_view radlex = cells[4]; radlex != none) {
        if (!radlex.starts_with("RID") || !all_digits(radlex.substr(3))) {
            return "a RadLex identifier that is not RID and digits";
        }
        codes.radlex = CodedConcept{std::string(radlex), "RADLEX", std::string(cells[5])};
        if (const auto objection = objection_to(*codes.radlex); !objection.empty()) {
            return objection;
        }
    }
    if (cells[6] != none) {
        codes.site =
            CodedConcept{std::string(cells[6]), std::string(cells[7]), std::string(cells[8])};
        if (const auto objection = objection_to(*codes.site); !objection.empty()) {
            return objection;
        }
    }
    codes.source = cells[9];
    if (codes.source.find("UNVERIFIED") != std::string::npos) {
        return "a code that its own source calls UNVERIFIED";
    }
    return codes.source.empty() ? "a code without a source" : "";
}

}  // namespace

bool has_verhoeff_check_digit(std::string_view digits) {
    constexpr std::array<std::array<unsigned char, 10>, 10> product{
        {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
         {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
         {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
         {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
         {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
         {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
         {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
         {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
         {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
         {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
    constexpr std::array<unsigned char, 10> permutation{1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    if (!all_digits(digits)) {
        return false;
    }
    std::size_t check = 0;
    for (std::size_t position = 0; position < digits.size(); ++position) {
        auto digit = static_cast<std::size_t>(digits[digits.size() - 1 - position] - '0');
        for (std::size_t times = position % 8; times > 0; --times) {
            digit = permutation[digit];
        }
        check = product[check][digit];
    }
    return check == 0;
}

Result<CodeTable> CodeTable::parse(std::string_view tsv, std::string_view file) {
    CodeTable table;
    std::array<bool, finding_count> covered{};
    std::size_t line_number = 0;
    std::string mistakes;
    const auto complain = [&](std::string_view why) {
        mistakes += mistakes.empty() ? "" : "\n";
        mistakes += std::string(file) + ":" + std::to_string(line_number) + ": " + std::string(why);
    };
    for (std::string_view line : split(tsv, '\n')) {
        ++line_number;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const std::vector<std::string_view> cells = split(line, '\t');
        if (cells.size() != column_count) {
            complain("a row of " + std::to_string(cells.size()) + " columns, not of 10");
        } else if (const auto finding = finding_of(cells[0]); !finding) {
            complain("an unknown label '" + std::string(cells[0]) + "'");
        } else if (std::exchange(covered[static_cast<std::size_t>(*finding)], true)) {
            complain("a second row for '" + std::string(cells[0]) + "'");
        } else if (const std::string_view objection =
                       read_row(cells, table.codes_[static_cast<std::size_t>(*finding)]);
                   !objection.empty()) {
            complain("'" + std::string(cells[0]) + "' has " + std::string(objection));
        }
    }
    for (std::size_t index = 0; index < covered.size(); ++index) {
        if (!covered[index]) {
            complain("no row for '" + std::string(label_of(static_cast<Finding>(index))) + "'");
        }
    }
    if (!mistakes.empty()) {
        return Fault{FaultKind::malformed, std::move(mistakes)};
    }
    return table;
}

std::string CodeTable::text() const {
    std::string rows;
    for (std::size_t index = 0; index < codes_.size(); ++index) {
        const FindingCodes& codes = codes_[index];
        const auto add = [&rows](std::string_view cell) { rows.append("\t").append(cell); };
        rows += label_of(static_cast<Finding>(index));
        add(codes.finding.value);
        add(codes.finding.scheme);
        add(codes.finding.meaning);
        add(codes.radlex ? codes.radlex->value : none);
        add(codes.radlex ? codes.radlex->meaning : none);
        add(codes.site ? codes.site->value : none);
        add(codes.site ? codes.site->scheme : none);
        add(codes.site ? codes.site->meaning : none);
        add(codes.source);
        rows += '\n';
    }
    return rows;
}

const CodeTable& CodeTable::built_in() {
    static const CodeTable table = [] {
        Result<CodeTable> parsed = parse(embedded_codes_tsv, "codes.tsv");
        if (!parsed) {
            throw std::logic_error(parsed.error().doing);
        }
        return *std::move(parsed);
    }();
    return table;
}

}  // namespace cxr::dicom
