# Written by codegen.build (SymPy 1.14.0) from codegen/coefficients.py; change the generator, not this file.
"""Special functions of the kernels: each is accurate where the plain formula is not.

Arguments of branches that are not taken are clamped, so that automatic differentiation stays finite too.
"""

import math

import torch
from torch import Tensor

EULER = 0.5772156649015329
LOG2 = 0.6931471805599453
# the zero of psi(1 + s), and its logarithm as a float32 and what that leaves
ROOT = 0.46163214496836236
LOG_ROOT = -0.7729869484901428
LOG_ROOT_REST = 2.0423637982156035e-08

EXPM1MX = (
    0.5,
    0.16666666666666666,
    0.041666666666666664,
    0.008333333333333333,
    0.001388888888888889,
    0.0001984126984126984,
    2.48015873015873e-05,
    2.7557319223985893e-06,
    2.755731922398589e-07,
    2.505210838544172e-08,
    2.08767569878681e-09,
    1.6059043836821613e-10,
    1.1470745597729725e-11,
    7.647163731819816e-13,
    4.779477332387385e-14,
    2.8114572543455206e-15,
    1.5619206968586225e-16,
    8.22063524662433e-18,
)

LOGSINHC = (
    0.16666666666666666,
    -0.005555555555555556,
    0.0003527336860670194,
    -2.6455026455026456e-05,
    2.1377799155576935e-06,
    -1.803670234005331e-07,
    1.5661391322766983e-08,
    -1.3884130493737299e-09,
    1.2504359176004997e-10,
    -1.1402575602296091e-11,
    1.0502923908637557e-12,
    -9.754877841593701e-14,
    9.123468230859098e-15,
    -8.5837197618956095e-16,
    8.117318009727789e-17,
    -7.710527514116273e-18,
)

LANGEVIN = (
    0.3333333333333333,
    -0.022222222222222223,
    0.0021164021164021165,
    -0.00021164021164021165,
    2.1377799155576935e-05,
    -2.1644042808063972e-06,
    2.1925947851873778e-07,
    -2.2214608789979678e-08,
    2.2507846516808994e-09,
    -2.2805151204592183e-10,
    2.3106432599002624e-11,
    -2.3411706819824882e-12,
    2.3721017400233653e-13,
    -2.4034415333307705e-14,
    2.4351954029183367e-15,
    -2.4673688045172075e-16,
    2.499967277122081e-17,
)

REFLECTION = (
    1.6449340668482264,
    0.5411616168555691,
    0.3391143539948164,
    0.2510193390494861,
    0.2001989150255636,
    0.166707681092218,
    0.14286589259072266,
    0.12500191028242608,
    0.11111153525480723,
    0.10000009539620339,
    0.09090911258640934,
    0.08333333830068242,
    0.07692307806935036,
    0.07142857169466671,
    0.06666666672875517,
    0.06250000001455194,
    0.05882352941518869,
    0.055555555556363996,
    0.0526315789475599,
    0.05000000000004547,
    0.04761904761905845,
    0.04545454545454804,
    0.043478260869565834,
    0.04166666666666682,
    0.040000000000000036,
    0.03846153846153847,
    0.03703703703703704,
)

PICOT = (
    3.289868133696453,
    2.1646464674222763,
    2.0346861239688985,
    2.0081547123958887,
    2.001989150255636,
    2.000492173106616,
    2.0001224962701176,
    2.0000305645188172,
    2.00000763458653,
    2.0000019079240676,
    2.0000004769010054,
    2.000000119216378,
    2.0000000298031098,
    2.000000007450668,
    2.000000001862655,
    2.000000000465662,
    2.0000000001164153,
    2.000000000029104,
    2.000000000007276,
    2.000000000001819,
    2.0000000000004547,
    2.0000000000001137,
    2.0000000000000284,
    2.000000000000007,
    2.0000000000000018,
    2.0000000000000004,
    2.0,
    2.0,
)

LGAMMA = (
    0.3224670334241132,
    -0.0673523010531981,
    0.020580808427784546,
    -0.007385551028673986,
    0.0028905103307415234,
    -0.001192753911703261,
    0.0005096695247430425,
    -0.00022315475845357936,
    9.945751278180853e-05,
    -4.492623673813314e-05,
    2.0507212775670694e-05,
    -9.439488275268395e-06,
    4.374866789907487e-06,
    -2.039215753801366e-06,
    9.55141213040742e-07,
    -4.492469198764566e-07,
    2.1207184805554667e-07,
    -1.00432248239681e-07,
    4.769810169363981e-08,
    -2.2711094608943164e-08,
    1.0838659214896955e-08,
    -5.183475041970047e-09,
    2.4836745438024785e-09,
    -1.1921401405860912e-09,
    5.731367241678862e-10,
    -2.7595228851242334e-10,
    1.3304764374244491e-10,
    -6.422964563838101e-11,
)

DIGAMMA = (
    0.6449340668482264,
    -0.2020569031595943,
    0.08232323371113819,
    -0.03692775514336993,
    0.01734306198444914,
    -0.008349277381922827,
    0.00407735619794434,
    -0.0020083928260822143,
    0.0009945751278180853,
    -0.0004941886041194645,
    0.0002460865533080483,
    -0.00012271334757848915,
    6.124813505870483e-05,
    -3.058823630702049e-05,
    1.528225940865187e-05,
    -7.637197637899763e-06,
    3.81729326499984e-06,
    -1.908212716553939e-06,
    9.539620338727962e-07,
    -4.769329867878064e-07,
    2.38450502727733e-07,
    -1.1921992596531106e-07,
    5.960818905125948e-08,
    -2.980350351465228e-08,
    1.4901554828365043e-08,
    -7.45071178983543e-09,
    3.725334024788457e-09,
    -1.862659723513049e-09,
)

DIGAMMA_ROOT = (
    0.9676722454476212,
    -0.4427631689835921,
    0.258499760955651,
    -0.16394270544240652,
    0.10782405069126237,
    -0.07219956125645471,
    0.04880428816414311,
    -0.03316112647484736,
    0.022597648232218104,
    -0.01542476590494896,
    0.010538791616612175,
    -0.007204534386356869,
    0.004926781395729853,
    -0.003369801655439328,
    0.002305126326734928,
    -0.0015769367714301972,
    0.0010788252019162967,
    -0.0007380709389960052,
    0.000504953265834602,
    -0.0003454680251063077,
)

EIN = (
    1.0,
    -0.25,
    0.05555555555555555,
    -0.010416666666666666,
    0.0016666666666666668,
    -0.0002314814814814815,
    2.834467120181406e-05,
    -3.1001984126984127e-06,
    3.0619243582206544e-07,
    -2.755731922398589e-08,
    2.27746439867652e-09,
    -1.7397297489890083e-10,
    1.2353110643708935e-11,
    -8.193389712664089e-13,
    5.0981091545465446e-14,
    -2.9871733327421158e-15,
    1.6537983849091297e-16,
    -8.677337204770125e-18,
)

E1_NEAR = (
    0.6508128537230782,
    -0.06174333067349995,
    0.00843613583415429,
    -0.001362959982002444,
    0.00024348868368817978,
    -4.6584643407446075e-05,
    9.373764759619335e-06,
    -1.9613748356732195e-06,
    4.2375581654249765e-07,
    -9.390290588822333e-08,
    2.0874224432374447e-08,
    -4.8117795556803315e-09,
    1.4140877079218681e-09,
    -3.3819198542252065e-10,
)

E1_MIDDLE = (
    0.7954814223275666,
    -0.0846131842652145,
    0.014193866714707926,
    -0.002970777200696828,
    0.0007129450903209989,
    -0.00018816760652162444,
    5.331464801029714e-05,
    -1.59691341417481e-05,
    5.00272152753672e-06,
    -1.6232502834203112e-06,
    5.446072837596469e-07,
    -1.945079985926445e-07,
    6.896296501716994e-08,
    -1.770493248313406e-08,
    6.334513033460153e-09,
    -6.455967730193911e-09,
    2.495317578616151e-09,
)

E1_FAR = (
    0.9441296577369029,
    -0.05020418152734135,
    0.004874895641375783,
    -0.0006548151385344772,
    0.00010901531316735325,
    -2.122444828318025e-05,
    4.663948320363722e-06,
    -1.129730784391603e-06,
    2.9661762671787216e-07,
    -8.324491070522824e-08,
    2.4798920070516886e-08,
    -8.022219226090866e-09,
    2.6520048632185297e-09,
    -6.472976169893459e-10,
    2.1677269907952678e-10,
    -2.2663113739903785e-10,
    8.890614075945026e-11,
)

DEFICIT_NEAR = (
    0.8267408610708653,
    -0.07875168147590181,
    0.010672461494293914,
    -0.001774953913629743,
    0.0003389535392485339,
    -7.163828521053068e-05,
    1.6377862091995202e-05,
    -3.988295262253182e-06,
    1.0232499739586928e-06,
    -2.7436980476357497e-07,
    7.640523208131746e-08,
    -2.1961029164012584e-08,
    6.505665244744695e-09,
    -2.023355283646105e-09,
    6.313278165409127e-10,
    -1.5945871680645187e-10,
    5.074111154213523e-11,
    -3.728856719770589e-11,
    1.2707625034200685e-11,
)

DEFICIT_FAR = (
    0.9564348119386643,
    -0.04056619994525416,
    0.002723940074263251,
    -0.00024408430724619793,
    2.6884969069625376e-05,
    -3.469366746231065e-06,
    5.083539929003453e-07,
    -8.274618365328482e-08,
    1.472327565965336e-08,
    -2.828617852374192e-09,
    5.811891452527915e-10,
    -1.270834489238597e-10,
    2.924287731898963e-11,
    -6.670049338795708e-12,
    1.6644556162782362e-12,
    -6.541945720519525e-13,
    1.8199886422663223e-13,
)

DAWSON_NEAR = (
    1.1491842572069588,
    -0.18648100300554124,
    0.23310329824745543,
    -0.2688498747865657,
    0.26322301475559506,
    -0.1961935951093424,
    0.07611999427259969,
    0.06197751205987071,
    -0.1761939220897279,
    0.23924856705907802,
    -0.24749953303109684,
    0.21567877373870903,
    -0.16504965354746307,
    0.11346269523817716,
    -0.07109278836278833,
    0.041019401402975456,
    -0.02196438830636546,
    0.01098234797903791,
    -0.005153448838184958,
    0.002278913859316376,
    -0.0009534620632184584,
    0.00037896374887944257,
    -0.00014311862307545012,
    5.113583058480687e-05,
    -1.766017328166913e-05,
    6.151455915161363e-06,
    -1.9297810935045653e-06,
    4.339784298993835e-07,
    -1.3303126943513493e-07,
    8.164899646632368e-08,
    -2.1536522807873985e-08,
)

DAWSON_FAR = (
    1.0164219728980834,
    0.017292146289629714,
    0.0009536645475230017,
    9.585187419568545e-05,
    1.5015355512082078e-05,
    3.475857116090753e-06,
    1.1936435842131112e-06,
    5.941514016906867e-07,
    3.298159217972448e-07,
    7.258014869545039e-08,
    -1.8205412249432156e-07,
    -2.5114631241787495e-07,
    -4.0516299962383935e-08,
    1.9138442818645856e-07,
    1.1299866301255803e-07,
    -1.2579935623234325e-07,
    -1.142127515148988e-07,
    8.031451663330204e-08,
    8.741726256108224e-08,
    -4.5497591015699756e-08,
    -5.198423032843277e-08,
    1.9705980124150954e-08,
    2.23133446298367e-08,
    -5.487355184969793e-09,
    -6.045137087573216e-09,
    7.17218498956456e-10,
    7.666670621040605e-10,
)

DILOGARITHM = (
    -1.0,
    -0.25,
    -0.027777777777777776,
    0.0,
    0.0002777777777777778,
    0.0,
    -4.72411186696901e-06,
    0.0,
    9.185773074661964e-08,
    0.0,
    -1.8978869988971e-09,
    0.0,
    4.0647616451442256e-11,
    0.0,
    -8.921691020456452e-13,
    0.0,
    1.9939295860721074e-14,
    0.0,
    -4.518980029619918e-16,
    0.0,
)


def _horner(x: Tensor, coefficients: tuple[float, ...]) -> Tensor:
    total = torch.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total


def expm1mx(x: Tensor) -> Tensor:
    """exp(x) - 1 - x."""
    small = torch.clamp(x, -1.0, 1.0)
    return torch.where(x.abs() < 1.0, small * small * _horner(small, EXPM1MX), torch.expm1(x) - x)


def exprel(x: Tensor) -> Tensor:
    """(exp(x) - 1) / x."""
    near = x.abs() < 1.0
    small, far = torch.clamp(x, -1.0, 1.0), torch.where(near, 1.0, x)
    return torch.where(near, 1.0 + small * _horner(small, EXPM1MX), torch.expm1(far) / far)


def exprel2(x: Tensor) -> Tensor:
    """(exp(x) - 1 - x) / x^2."""
    small = torch.clamp(x, -1.0, 1.0)
    far = torch.where(x.abs() < 1.0, 1.0, x)
    return torch.where(x.abs() < 1.0, _horner(small, EXPM1MX), ((torch.expm1(far) - far) / far) / far)


def exponential_mean(x: Tensor) -> Tensor:
    """1/x - 1/(exp(x) - 1) for x >= 0."""
    small, far = torch.clamp(x, max=1.0), torch.clamp(x, min=1.0)
    near = _horner(small, EXPM1MX) / (1.0 + small * _horner(small, EXPM1MX))
    return torch.where(x < 1.0, near, 1.0 / far - 1.0 / torch.expm1(far))


def log_mean(x: Tensor, a: float) -> Tensor:
    """log(a exp((a - 1) x) + (1 - a) exp(a x)) / (1 - a)."""
    small = torch.clamp(x, -1.0 / (1.0 + a), 1.0 / (1.0 + a))
    near = torch.log1p(a * expm1mx((a - 1.0) * small) + (1.0 - a) * expm1mx(a * small)) / (1.0 - a)
    wide = torch.clamp(x, max=40.0)  # beyond, exp(x) is all that counts
    far = torch.log1p((1.0 - a) * torch.expm1(wide)) / (1.0 - a) - wide + (x - wide) * (a / (1.0 - a))
    return torch.where(x == small, near, far)


def log_mean_slope(x: Tensor, a: float) -> Tensor:
    """a (exp(x) - 1) / (a + (1 - a) exp(x))."""
    small = torch.expm1(torch.clamp(x, -0.5, 0.5))
    far = torch.expm1(torch.where(x.abs() < 0.5, 1.0, x))
    near = a * small / (1.0 + (1.0 - a) * small)
    return torch.where(x.abs() < 0.5, near, a / ((1.0 - a) + torch.reciprocal(far)))


def logcosh(x: Tensor) -> Tensor:
    """log(cosh(x))."""
    a = x.abs()
    near = torch.log1p(2.0 * torch.square(torch.sinh(0.5 * torch.clamp(x, -1.0, 1.0))))
    return torch.where(a < 1.0, near, a + torch.log1p(torch.exp(-2.0 * a)) - LOG2)


def log1mexp(x: Tensor) -> Tensor:
    """log(1 - exp(x)) for x < 0."""
    near = torch.log(-torch.expm1(torch.clamp(x, min=-LOG2)))
    return torch.where(x > -LOG2, near, torch.log1p(-torch.exp(torch.clamp(x, max=-LOG2))))


def logsinhc(x: Tensor) -> Tensor:
    """log(sinh(x) / x)."""
    square = torch.square(torch.clamp(x, -1.0, 1.0))
    a = torch.clamp(x.abs(), min=1.0)
    far = a - torch.log(2.0 * a) + torch.log1p(-torch.exp(-2.0 * a))
    return torch.where(x.abs() < 1.0, square * _horner(square, LOGSINHC), far)


def langevin(x: Tensor) -> Tensor:
    """coth(x) - 1/x."""
    small = torch.clamp(x, -1.0, 1.0)
    far = torch.where(x.abs() < 1.0, torch.ones_like(x), x)
    return torch.where(
        x.abs() < 1.0, small * _horner(small * small, LANGEVIN), 1.0 / torch.tanh(far) - 1.0 / far
    )


def log_reflection(x: Tensor) -> Tensor:
    """log(pi s / sin(pi s)), s = exp(x) < 1."""
    s = torch.exp(x)
    square = torch.square(torch.clamp(s, max=0.5))
    far = torch.clamp(x, min=-LOG2)
    reflected = far + math.log(math.pi) - torch.log(torch.sin(-math.pi * torch.expm1(far)))
    return torch.where(s < 0.5, square * _horner(square, REFLECTION), reflected)


def one_minus_picot(x: Tensor) -> Tensor:
    """1 - pi s cot(pi s), s = exp(x) < 1."""
    s = torch.exp(x)
    square = torch.square(torch.clamp(s, max=0.5))
    far = torch.clamp(x, min=-LOG2)
    reflected = 1.0 + math.pi * torch.exp(far) / torch.tan(-math.pi * torch.expm1(far))
    return torch.where(s < 0.5, square * _horner(square, PICOT), reflected)


def _near_one(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    e = torch.expm1(x)
    near = e.abs() < 0.5
    return e, near, torch.clamp(e, -0.5, 0.5)


def lgamma_bregman(x: Tensor) -> Tensor:
    """log Gamma(s) + gamma (s - 1), s = exp(x)."""
    e, near, small = _near_one(x)
    series = expm1mx(x) + small * small * _horner(small, LGAMMA)
    return torch.where(near, series, torch.lgamma(torch.exp(x)) + EULER * e)


def lgamma_bregman_slope(x: Tensor) -> Tensor:
    """s (psi(s) + gamma), s = exp(x)."""
    e, near, small = _near_one(x)
    s = torch.exp(x)
    series = e + s * small * _horner(small, DIGAMMA)
    return torch.where(near, series, s * (torch.special.digamma(s) + EULER))


def lgamma1p_exp(x: Tensor) -> Tensor:
    """log Gamma(1 + s), s = exp(x)."""
    e, near, _ = _near_one(x)
    return torch.where(near, x - EULER * e + lgamma_bregman(x), torch.lgamma(1.0 + torch.exp(x)))


def digamma1p_exp(x: Tensor) -> Tensor:
    """s psi(1 + s), s = exp(x)."""
    offset = (x - LOG_ROOT) - LOG_ROOT_REST
    near = offset.abs() < 0.3
    d = ROOT * torch.expm1(torch.clamp(offset, -0.3, 0.3))
    s = torch.exp(x)
    return s * torch.where(near, d * _horner(d, DIGAMMA_ROOT), torch.special.digamma(1.0 + s))


def exp_neg_exp(y: Tensor) -> Tensor:
    """exp(-exp(y))."""
    return torch.exp(-torch.exp(torch.clamp(y, max=7.0)))


def e1_exp(y: Tensor) -> Tensor:
    """E_1(exp(y))."""
    x = torch.exp(torch.clamp(y, max=7.0))
    small = torch.clamp(x, max=1.0)
    near = small * _horner(small, EIN) - EULER - torch.clamp(y, max=0.0)
    w = 1.0 / torch.clamp(x, min=1.0)
    series = torch.where(
        w > 0.5,
        _horner(torch.clamp(4.0 * w - 3.0, -1.0, 1.0), E1_NEAR),
        torch.where(
            w > 0.125,
            _horner(torch.clamp((16.0 * w - 5.0) / 3.0, -1.0, 1.0), E1_MIDDLE),
            _horner(torch.clamp(16.0 * w - 1.0, -1.0, 1.0), E1_FAR),
        ),
    )
    return torch.where(x < 1.0, near, torch.exp(-torch.clamp(x, min=1.0)) * w * series)


def mills_tail(a: Tensor, r: Tensor) -> Tensor:
    """exp(a r + r^2/2) erfc((a + r)/sqrt(2))."""
    right = a + r >= 0.0
    scaled = torch.exp(-0.5 * a * a) * torch.special.erfcx(math.sqrt(0.5) * torch.clamp(a + r, min=0.0))
    p, q = torch.where(right, 0.0, a), torch.where(right, 0.0, r)
    return torch.where(right, scaled, torch.exp(q * (p + 0.5 * q)) * torch.erfc(math.sqrt(0.5) * (p + q)))


def mills_deficit(a: Tensor, r: Tensor) -> Tensor:
    """exp(-a^2/2) - sqrt(pi/2) (a + r) mills_tail(a, r)."""
    x = math.sqrt(0.5) * (a + r)
    right = x > 2.0
    v = torch.reciprocal(torch.square(torch.clamp(x, min=2.0)))
    series = torch.where(
        v > 0.0625,
        _horner(torch.clamp((32.0 * v - 5.0) / 3.0, -1.0, 1.0), DEFICIT_NEAR),
        _horner(torch.clamp(32.0 * v - 1.0, -1.0, 1.0), DEFICIT_FAR),
    )
    p, q = torch.where(right, 0.0, a), torch.where(right, 0.0, r)
    difference = torch.exp(-0.5 * p * p) - math.sqrt(0.5 * math.pi) * (p + q) * mills_tail(p, q)
    return torch.where(right, torch.exp(-0.5 * a * a) * 0.5 * v * series, difference)


def dawson(x: Tensor) -> Tensor:
    """exp(-x^2) int_0^x exp(t^2) dt."""
    near = x.abs() < 4.0
    small = torch.clamp(x, -4.0, 4.0)
    u = small * small
    w = 1.0 / torch.where(near, 4.0, x)
    inside = small * _horner(0.125 * u - 1.0, DAWSON_NEAR) / (1.0 + 2.0 * u)
    return torch.where(near, inside, 0.5 * w * _horner(32.0 * w * w - 1.0, DAWSON_FAR))


def logistic_energy(z: Tensor) -> Tensor:
    """2 log(2 cosh(z/2))."""
    a = z.abs()
    return a + 2.0 * torch.log1p(torch.exp(-a))


def logistic_energy_primitive(z: Tensor) -> Tensor:
    """Odd primitive of 2 log(2 cosh(z/2))."""
    a = z.abs()
    u = torch.log1p(torch.exp(-a))
    return torch.sign(z) * (0.5 * a * a + math.pi**2 / 6.0 + 2.0 * u * _horner(u, DILOGARITHM))


def cotpi(p: Tensor) -> Tensor:
    """cot(pi p)."""
    return 1.0 / torch.tan(math.pi * p)


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x)), with the right derivative at 0."""
    return -torch.nn.functional.logsigmoid(-x)
