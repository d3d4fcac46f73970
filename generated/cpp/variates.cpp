// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
#include "variates.h"

namespace autovae {

extern const Sampler kSamplers[] = {
    {"normal", variates_of<OfNormal, float>, variates_of<OfNormal, double>},
    {"laplace", variates_of<OfLaplace, float>, variates_of<OfLaplace, double>},
    {"cauchy", variates_of<OfCauchy, float>, variates_of<OfCauchy, double>},
    {"logistic", variates_of<OfLogistic, float>, variates_of<OfLogistic, double>},
    {"uniform", variates_of<OfUniform, float>, variates_of<OfUniform, double>},
    {"gumbel", variates_of<OfGumbel, float>, variates_of<OfGumbel, double>},
    {"exponential", variates_of<OfExponential, float>, variates_of<OfExponential, double>},
};
extern const int64_t kSamplerCount = sizeof(kSamplers) / sizeof(kSamplers[0]);

}  // namespace autovae
