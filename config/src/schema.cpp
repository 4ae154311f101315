#include "config/schema.hpp"
