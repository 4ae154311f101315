#include "mapping/synthetic_names.hpp"

#include "dicom/core/uid.hpp"

#include <array>
#include <span>

namespace cxr::dicom {
namespace {

constexpr std::array<std::string_view, 64> family_names{
    "Abbott",   "Alder",    "Archer",  "Ashby",  "Barlow",  "Baxter",   "Birch",   "Blake",
    "Bolton",   "Bowen",    "Brook",   "Burke",  "Carver",  "Chandler", "Clay",    "Cole",
    "Cooper",   "Crane",    "Dalton",  "Dawson", "Draper",  "Ellis",    "Emery",   "Farrow",
    "Fielding", "Fletcher", "Forster", "Garner", "Gibbs",   "Grant",    "Hale",    "Harper",
    "Hayes",    "Holt",     "Hudson",  "Ingram", "Keating", "Kemp",     "Lambert", "Langley",
    "Lowell",   "Marsh",    "Mercer",  "Miller", "Nash",    "Norris",   "Oakley",  "Osborne",
    "Palmer",   "Parrish",  "Porter",  "Quinn",  "Ramsey",  "Reeve",    "Sawyer",  "Shaw",
    "Slater",   "Thorne",   "Turner",  "Vance",  "Walker",  "Webster",  "Wells",   "Yates"};
constexpr std::array<std::string_view, 32> female_names{
    "Ada",   "Alice",  "Anna",  "Beatrice", "Clara", "Diana",  "Edith", "Ellen",
    "Emma",  "Esther", "Eva",   "Flora",    "Grace", "Hannah", "Helen", "Ida",
    "Irene", "Jane",   "Julia", "Laura",    "Lena",  "Louise", "Lucy",  "Mabel",
    "Maria", "Martha", "Nora",  "Olive",    "Paula", "Rose",   "Ruth",  "Vera"};
constexpr std::array<std::string_view, 32> male_names{
    "Adam",  "Albert", "Arthur", "Bernard", "Carl",   "Charles", "Daniel", "David",
    "Edgar", "Edward", "Felix",  "Frank",   "George", "Gilbert", "Harold", "Henry",
    "Hugo",  "Isaac",  "James",  "John",    "Joseph", "Leo",     "Martin", "Oliver",
    "Oscar", "Paul",   "Peter",  "Robert",  "Simon",  "Thomas",  "Victor", "Walter"};

std::string_view drawn(std::span<const std::string_view> names,
                       std::string_view what,
                       std::string_view patient_id) {
    return names[seed_of(std::string(what).append(patient_id)) % names.size()];
}

}  // namespace

std::string synthetic_name(std::string_view patient_id, Sex sex) {
    const std::span<const std::string_view> given_names =
        sex == Sex::male ? std::span<const std::string_view>(male_names) : female_names;
    std::string name(drawn(family_names, "fam/", patient_id));
    name += '^';
    name += drawn(given_names, "giv/", patient_id);
    return name;
}

}  // namespace cxr::dicom
