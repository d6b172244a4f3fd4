// Files of this folder, put into the program by the build (sonograd_embed in cmake/SonogradModule.cmake).
#pragma once

#include <string_view>

namespace sonograd::train::report {

std::string_view page_css();
std::string_view page_js();

}  // namespace sonograd::train::report
