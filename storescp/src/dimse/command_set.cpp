#include "storescp/dimse/command_set.hpp"
