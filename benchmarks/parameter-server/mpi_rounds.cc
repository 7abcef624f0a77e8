// Rounds of "sum all workers' gradients, everyone gets the result" with Open MPI:
// MPI_Reduce to rank 0, then MPI_Bcast. Arguments: elements, rounds.
#include <mpi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  constexpr int kWarmUp = 10;
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const size_t elements = std::strtoull(argv[1], nullptr, 10);
  const int rounds = std::atoi(argv[2]);
  std::vector<float> gradients(elements, 1.0f + rank);
  std::vector<float> result(elements);
  std::vector<double> times;
  for (int round = 0; round < rounds + kWarmUp; ++round) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    MPI_Reduce(gradients.data(), result.data(), elements, MPI_FLOAT, MPI_SUM, 0, MPI_COMM_WORLD);
    MPI_Bcast(result.data(), elements, MPI_FLOAT, 0, MPI_COMM_WORLD);
    if (round >= kWarmUp) times.push_back((MPI_Wtime() - start) * 1e3);
  }
  float expected = 0;
  for (int r = 0; r < ranks; ++r) expected += 1.0f + r;
  if (result[elements / 2] != expected) {
    std::fprintf(stderr, "wrong sum: %f, expected %f\n", result[elements / 2], expected);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  std::sort(times.begin(), times.end());
  if (rank == 0) std::printf("round %.2f %.2f\n", times[times.size() / 2], times[0]);
  MPI_Finalize();
}
