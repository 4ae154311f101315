#include "export/html/index_page.hpp"

#include "bridge/export/whole_file.hpp"
#include "dicom/core/json_writer.hpp"
#include "export/html/assets.hpp"
#include "export/html/markup.hpp"

#include <fmt/format.h>

#include <sstream>

namespace cxr::bridge::html {
namespace {

constexpr std::string_view body =
    "<header><h1>ChestX-ray14 images</h1>\n"
    "<p class=\"soft\" id=\"count\" aria-live=\"polite\"></p></header>\n<main>\n"
    "<noscript><p>The filters need JavaScript. Pages lie in a folder for each patient.</p>"
    "</noscript>\n"
    "<form role=\"search\">\n"
    "<label>Text <input name=\"text\" type=\"search\" placeholder=\"image or label ( / "
    ")\"></label>\n"
    "<label>Patient <input name=\"patient\" inputmode=\"numeric\" placeholder=\"any\"></label>\n"
    "<label>Finding <select name=\"finding\"><option value=\"\">any</option></select></label>\n"
    "<label>Split <select name=\"split\"><option value=\"\">any</option></select></label>\n"
    "<label>View <select name=\"view\"><option value=\"\">any</option></select></label>\n"
    "<label class=\"tick\"><input name=\"boxed\" type=\"checkbox\" value=\"1\"> with "
    "boxes</label>\n"
    "</form>\n<ol id=\"list\"></ol>\n"
    "<button id=\"more\" type=\"button\" hidden>Show more</button>\n</main>\n"
    "<footer class=\"soft\">Labels were mined from reports by a program; boxes were drawn by a "
    "reader. For research and testing, no medical device.</footer>\n"
    "<script id=\"rows\" type=\"application/json\">[\n";

std::string age_text(const dicom::ChestXRayRow& row) {
    return row.age ? fmt::format("{}{}", row.age->value, row.age->unit) : std::string();
}

std::string row_text(const dicom::ImageRecord& record) {
    const dicom::ChestXRayRow& row = record.row;
    std::ostringstream text;
    dicom::JsonWriter json(text, dicom::JsonLayout::one_line);
    json.open_array();
    json.value(row.image_index);
    json.value(std::size_t{row.follow_up});
    json.value(row.sex == dicom::Sex::male ? "M" : row.sex == dicom::Sex::female ? "F" : "");
    json.value(age_text(row));
    json.value(row.view == dicom::ViewPosition::pa   ? "PA"
               : row.view == dicom::ViewPosition::ap ? "AP"
                                                     : "");
    json.value(record.split);
    json.open_array();
    for (const dicom::Finding finding : row.findings) {
        json.value(dicom::label_of(finding));
    }
    json.close_array();
    json.open_array();
    for (const dicom::BoundingBox& box : record.boxes) {
        json.open_array();
        for (const double number : {box.x, box.y, box.width, box.height}) {
            json.value(static_cast<std::size_t>(number));  // a sketch
        }
        json.close_array();
    }
    json.close_array();
    json.close_array();
    return std::move(text).str();
}

/// Within a script element, "</script" would end it; in JSON a '<' stands in strings only.
std::string for_script(const std::string& json) {
    std::string safe;
    for (const char c : json) {
        safe += c == '<' ? std::string_view("\\u003c") : std::string_view(&c, 1);
    }
    return safe;
}

}  // namespace

dicom::Result<void> write_index(const std::filesystem::path& path,
                                std::span<const dicom::ImageRecord* const> records) {
    auto file = GrowingFile::begin(path);
    if (!file) {
        return file.error();
    }
    file->append(page_head("ChestX-ray14 images", index_css));
    file->append(body);
    for (const dicom::ImageRecord* record : records) {
        file->append(record == records.front() ? "" : ",\n");
        file->append(for_script(row_text(*record)));
    }
    file->append("\n]</script>\n<script>\n");
    file->append(index_js);
    file->append("</script>\n</body>\n</html>\n");
    return file->finish();
}

}  // namespace cxr::bridge::html
