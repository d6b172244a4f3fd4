#include <cstdio>

int main() {
  std::puts("sonograd 0.1.0");
  return 0;
}
