# Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/pieces.py; change the generator, not this file.
"""Elementary and special functions of blocks of float32 or float64 numbers.

Each is accurate to a few units in the last place on the arguments that the kernels have; where a range is assumed it
is said. NaN in gives NaN out at its element. What Triton's exp and others lack in accuracy is made up here by
arithmetic alone. Results of exp below the smallest normal number are zero.

Errors of polynomials are relative to what is made of them, measured against arbitrary precision with the rounded
coefficients; the arithmetic adds its own rounding.
"""

import triton
import triton.language as tl


# (exp(r) - 1 - r)/r^2 on [-0.35, 0.35]
# error 4.5e-18 in float64, 1.0e-08 in float32
@triton.jit
def polynomial_exp(x):
    if x.dtype == tl.float64:
        p = 2.0918952794979583e-09 * x + 2.5106263269311678e-08
        p = p * x + 2.7557261054133115e-07
        p = p * x + 2.7557252861387166e-06
        p = p * x + 2.480158733854189e-05
        p = p * x + 0.00019841269876842176
        p = p * x + 0.0013888888888878277
        p = p * x + 0.008333333333325551
        p = p * x + 0.04166666666666668
        p = p * x + 0.1666666666666667
        p = p * x + 0.5
    else:
        p = 0.0001990043092519045 * x + 0.0013934534508734941
        p = p * x + 0.008333297446370125
        p = p * x + 0.04166645556688309
        p = p * x + 0.1666666716337204
        p = p * x + 0.5
    return p


# 2 (log(1 + f) - f + f^2/2)/f^3 on [-0.2929, 0.41422]
# error 1.5e-17 in float64, 7.3e-09 in float32
@triton.jit
def polynomial_log_cubic(x):
    if x.dtype == tl.float64:
        p = -0.05151384162251619 * x + 0.11497372974626836
        p = p * x + -0.12268727303929197
        p = p * x + 0.10688791981262136
        p = p * x + -0.10721662367206615
        p = p * x + 0.11681265591731531
        p = p * x + -0.12532939356907793
        p = p * x + 0.13343508680584823
        p = p * x + -0.14284203414112467
        p = p * x + 0.15383989808772025
        p = p * x + -0.16666703133584537
        p = p * x + 0.18181839691291224
        p = p * x + -0.19999999626527457
        p = p * x + 0.22222221814057933
        p = p * x + -0.24999999999694938
        p = p * x + 0.2857142857529354
        p = p * x + -0.3333333333335751
        p = p * x + 0.39999999999985875
        p = p * x + -0.49999999999999933
        p = p * x + 0.6666666666666667
    else:
        p = 0.1429966539144516 * x + -0.2314261645078659
        p = p * x + 0.2332306206226349
        p = p * x + -0.248220756649971
        p = p * x + 0.28499865531921387
        p = p * x + -0.3333696126937866
        p = p * x + 0.40001416206359863
        p = p * x + -0.4999997913837433
        p = p * x + 0.6666666269302368
    return p


# log(1 + x)/x on [0.0, 1.0], centred
# error 1.5e-17 in float64, 3.9e-08 in float32
@triton.jit
def polynomial_log1p_unit(x):
    if x.dtype == tl.float64:
        p = 2.395057859505466e-11 * x + -7.322346091971019e-11
        p = p * x + 1.0465314634051575e-10
        p = p * x + -3.4176230784897164e-10
        p = p * x + 1.3699443339018535e-09
        p = p * x + -4.337050885124707e-09
        p = p * x + 1.3492448394847583e-08
        p = p * x + -4.3312499401911384e-08
        p = p * x + 1.3990916113072695e-07
        p = p * x + -4.535440217196349e-07
        p = p * x + 1.479865767822323e-06
        p = p * x + -4.866877194170491e-06
        p = p * x + 1.615694976729667e-05
        p = p * x + -5.426089827415906e-05
        p = p * x + 0.00018490300170223613
        p = p * x + -0.0006421503724685249
        p = p * x + 0.0022882409076982507
        p = p * x + -0.008461080413870763
        p = p * x + 0.033152438438550695
        p = p * x + -0.14426354954966195
        p = p * x + 0.8109302162163288
    else:
        p = -6.360114184644772e-06 * x + 2.0521320038824342e-05
        p = p * x + -5.267939923214726e-05
        p = p * x + 0.00018087650823872536
        p = p * x + -0.0006428624619729817
        p = p * x + 0.0022897175513207912
        p = p * x + -0.008460951037704945
        p = p * x + 0.033152252435684204
        p = p * x + -0.14426355063915253
        p = p * x + 0.8109301924705505
    return p


# log(cosh(x))/x^2 in x^2 on [0.0, 1.0]
# error 2.6e-17 in float64, 1.3e-08 in float32
@triton.jit
def polynomial_logcosh(x):
    if x.dtype == tl.float64:
        p = 7.195197986185333e-09 * x + -7.306176907256856e-08
        p = p * x + 3.7686104074404657e-07
        p = p * x + -1.374805245132897e-06
        p = p * x + 4.189683244192617e-06
        p = p * x + -1.1825194691757671e-05
        p = p * x + 3.272047704142341e-05
        p = p * x + -9.097046614838482e-05
        p = p * x + 0.00025657611367998573
        p = p * x + -0.0007386022451188062
        p = p * x + 0.002186948778307813
        p = p * x + -0.006746031741242879
        p = p * x + 0.022222222222062306
        p = p * x + -0.08333333333333122
        p = p * x + 0.5
    else:
        p = 8.654094563098624e-05 * x + -0.0005561353173106909
        p = p * x + 0.002077244920656085
        p = p * x + -0.006710384972393513
        p = p * x + 0.022216562181711197
        p = p * x + -0.08333299309015274
        p = p * x + 0.5
    return p


# (atan(t)/t - 1)/t^2 in t^2 on [0.0, 1.0]
# error 2.0e-17 in float64, 2.6e-08 in float32
@triton.jit
def polynomial_atan(x):
    if x.dtype == tl.float64:
        p = -1.2160728623100972e-05 * x + 0.0001401682342385201
        p = p * x + -0.0007671565437423136
        p = p * x + 0.0026666240233623223
        p = p * x + -0.006661119912458573
        p = p * x + 0.012877881638748135
        p = p * x + -0.020369193454791133
        p = p * x + 0.027675340226283478
        p = p * x + -0.03381873984093271
        p = p * x + 0.03876056997497573
        p = p * x + -0.043094448363131636
        p = p * x + 0.04752484570095457
        p = p * x + -0.05261357089010608
        p = p * x + 0.05882090719264434
        p = p * x + -0.06666638426383693
        p = p * x + 0.07692305531825536
        p = p * x + -0.0909090898006594
        p = p * x + 0.11111111107616237
        p = p * x + -0.1428571428565574
        p = p * x + 0.1999999999999961
        p = p * x + -0.3333333333333333
    else:
        p = 0.001526727806776762 * x + -0.00931730680167675
        p = p * x + 0.026632050052285194
        p = p * x + -0.04929507151246071
        p = p * x + 0.07051899284124374
        p = p * x + -0.08938857167959213
        p = p * x + 0.11089655756950378
        p = p * x + -0.1428414285182953
        p = p * x + 0.19999954104423523
        p = p * x + -0.3333333432674408
    return p


# erf(x)/x in x^2 on [0.0, 1.0]
# error 1.3e-17 in float64, 6.1e-08 in float32
@triton.jit
def polynomial_erf(x):
    if x.dtype == tl.float64:
        p = -7.798543850549947e-10 * x + 1.3721520406351094e-08
        p = p * x + -1.6208829856810202e-07
        p = p * x + 1.6447471190594618e-06
        p = p * x + -1.4924740785377576e-05
        p = p * x + 0.00012055295112667001
        p = p * x + -0.0008548325982543225
        p = p * x + 0.005223977607269946
        p = p * x + -0.026866170643256995
        p = p * x + 0.1128379167094513
        p = p * x + -0.37612638903183543
        p = p * x + 1.1283791670955126
    else:
        p = 7.882497448008507e-05 * x + -0.0008018855005502701
        p = p * x + 0.005189312156289816
        p = p * x + -0.02685432881116867
        p = p * x + 0.11283597350120544
        p = p * x + -0.3761262595653534
        p = p * x + 1.1283791065216064
    return p


# -log(erfc(x)) on [1.0, 6.0], centred
# error 2.2e-16 in float64, 1.9e-07 in float32
@triton.jit
def polynomial_erfc_log(x):
    if x.dtype == tl.float64:
        p = -2.1780392921859985e-09 * x + 7.222273017706512e-09
        p = p * x + -4.933802239487514e-09
        p = p * x + -4.604560893004706e-09
        p = p * x + 3.2318403455641914e-09
        p = p * x + -1.9113448865115566e-08
        p = p * x + 1.2839188375502609e-07
        p = p * x + -3.9151694241791883e-07
        p = p * x + 9.180704144974837e-07
        p = p * x + -1.913032179613896e-06
        p = p * x + 3.4194753800084924e-06
        p = p * x + -4.568203764964213e-06
        p = p * x + 1.4784687375202143e-06
        p = p * x + 1.84752162043174e-05
        p = p * x + -9.090112354383066e-05
        p = p * x + 0.0003078194195469173
        p = p * x + -0.0008935765529980111
        p = p * x + 0.002373997298008012
        p = p * x + -0.005953704479044746
        p = p * x + 0.014384548329108954
        p = p * x + -0.03412841107961986
        p = p * x + 0.0816509097178488
        p = p * x + 6.042206592138936
        p = p * x + 18.165248970912977
        p = p * x + 14.112437402148174
    else:
        p = -4.1366634832229465e-05 * x + 0.00022740341955795884
        p = p * x + -0.0008815708570182323
        p = p * x + 0.003190472722053528
        p = p * x + -0.010961123742163181
        p = p * x + 0.0366474948823452
        p = p * x + 2.12376070022583
        p = p * x + 8.029021263122559
        p = p * x + 7.806815147399902
    return p


# (1 + 2 x) exp(x^2) erfc(x) in (x - 3)/(x + 3) on [-1.0, 1.0], centred
# error 6.0e-17 in float64, 4.7e-08 in float32
@triton.jit
def polynomial_erfcx(x):
    if x.dtype == tl.float64:
        p = 8.393734858690877e-10 * x + 9.862533510345587e-10
        p = p * x + -8.217595058711455e-09
        p = p * x + -1.3312919661038687e-08
        p = p * x + 4.1064013667940355e-08
        p = p * x + 1.0183620603842736e-07
        p = p * x + -1.4047654315428462e-07
        p = p * x + -6.166011460398726e-07
        p = p * x + 3.5576086684080595e-07
        p = p * x + 3.472370944977168e-06
        p = p * x + -7.308281468783614e-07
        p = p * x + -2.0100542268525612e-05
        p = p * x + 4.949196649968345e-06
        p = p * x + 0.0001250993424583729
        p = p * x + -0.00010515971958448065
        p = p * x + -0.0007798322696543306
        p = p * x + 0.0018886903449991718
        p = p * x + 0.0025293918156939696
        p = p * x + -0.02377051491717134
        p = p * x + 0.0683080273440099
        p = p * x + -0.11927366341538638
        p = p * x + 0.1296451587027594
        p = p * x + -0.0475622943534492
        p = p * x + -0.13562110612458117
        p = p * x + 1.2530080582697296
    else:
        p = 7.731024379609153e-05 * x + -9.2545167717617e-05
        p = p * x + -0.0007264536689035594
        p = p * x + 0.0018750791205093265
        p = p * x + 0.0024991168174892664
        p = p * x + -0.02376357652246952
        p = p * x + 0.06831657141447067
        p = p * x + -0.11927527189254761
        p = p * x + 0.12964411079883575
        p = p * x + -0.04756215587258339
        p = p * x + -0.1356210708618164
        p = p * x + 1.2530080080032349
    return p


# (1 + x)^2 (1 - sqrt(pi) x exp(x^2) erfc(x)) in (x - 3)/(x + 3) on [-1.0, 1.0], centred
# error 2.6e-17 in float64, 1.6e-08 in float32
@triton.jit
def polynomial_deficit(x):
    if x.dtype == tl.float64:
        p = -9.314056778184974e-10 * x + -8.854958205821923e-10
        p = p * x + 9.339198839812938e-09
        p = p * x + 1.2551684098648275e-08
        p = p * x + -4.51882293675146e-08
        p = p * x + -9.409650076895459e-08
        p = p * x + 1.3174892733544328e-07
        p = p * x + 5.128592548065193e-07
        p = p * x + -1.6012623452320184e-07
        p = p * x + -2.3687663242845187e-06
        p = p * x + -9.053555423444539e-07
        p = p * x + 1.0351021612171118e-05
        p = p * x + 8.928048856544e-06
        p = p * x + -4.73066167588298e-05
        p = p * x + -5.0007266100226365e-05
        p = p * x + 0.00024470231260717725
        p = p * x + 0.00018211735973428447
        p = p * x + -0.0014201478783741703
        p = p * x + 0.0003456537301571415
        p = p * x + 0.007398557083810743
        p = p * x + -0.015553717347793771
        p = p * x + -0.00018532522464802988
        p = p * x + 0.058329899778654395
        p = p * x + -0.12315930990257597
        p = p * x + 0.09661660086472947
        p = p * x + 0.09618184448451259
        p = p * x + -0.3898785046549521
        p = p * x + 0.7709785730571963
    else:
        p = -2.4698452762095258e-05 * x + 0.00013422334450297058
        p = p * x + 0.00014815712347626686
        p = p * x + -0.0012892150552943349
        p = p * x + 0.00037010820233263075
        p = p * x + 0.007315667811781168
        p = p * x + -0.015563365072011948
        p = p * x + -0.0001575566566316411
        p = p * x + 0.05833187699317932
        p = p * x + -0.12316380441188812
        p = p * x + 0.09661642462015152
        p = p * x + 0.09618212282657623
        p = p * x + -0.389878511428833
        p = p * x + 0.770978569984436
    return p


# (1 + 2 x^2) D(x)/x in x^2, D Dawson's function on [0.0, 16.0], centred
# error 8.8e-17 in float64, 8.1e-08 in float32
@triton.jit
def polynomial_dawson(x):
    if x.dtype == tl.float64:
        p = -2.1893514937019218e-08 * x + 8.167075398223735e-08
        p = p * x + -1.3035511561508348e-07
        p = p * x + 4.3382076188411606e-07
        p = p * x + -1.938808450867392e-06
        p = p * x + 6.151968077522853e-06
        p = p * x + -1.764207290462872e-05
        p = p * x + 5.1134846193958906e-05
        p = p * x + -0.00014314262647859897
        p = p * x + 0.00037896499339901764
        p = p * x + -0.0009534398984769742
        p = p * x + 0.002278912771059873
        p = p * x + -0.005153463450441882
        p = p * x + 0.010982348652812505
        p = p * x + -0.02196438136861435
        p = p * x + 0.0410194011056922
        p = p * x + -0.0710927907259399
        p = p * x + 0.11346269533100006
        p = p * x + -0.16504965297908256
        p = p * x + 0.21567877371861607
        p = p * x + -0.24749953312478382
        p = p * x + 0.2392485670619832
        p = p * x + -0.17619392207965343
        p = p * x + 0.06197751205960691
        p = p * x + 0.07611999427194754
        p = p * x + -0.19619359510932882
        p = p * x + 0.2632230147556172
        p = p * x + -0.268849874786566
        p = p * x + 0.23310329824745513
        p = p * x + -0.1864810030055412
        p = p * x + 1.1491842572069588
    else:
        p = 0.005337346810847521 * x + -0.012674123048782349
        p = p * x + 0.003191365161910653
        p = p * x + -0.0037594197783619165
        p = p * x + 0.05144650116562843
        p = p * x + -0.09392230212688446
        p = p * x + 0.10511277616024017
        p = p * x + -0.1481858789920807
        p = p * x + 0.21985012292861938
        p = p * x + -0.2551122009754181
        p = p * x + 0.23795142769813538
        p = p * x + -0.17411696910858154
        p = p * x + 0.062218934297561646
        p = p * x + 0.07579600065946579
        p = p * x + -0.19621822237968445
        p = p * x + 0.26324859261512756
        p = p * x + -0.268848717212677
        p = p * x + 0.23310251533985138
        p = p * x + -0.18648101389408112
        p = p * x + 1.149184226989746
    return p


# 2 x D(x) in 1/x^2 on [0.0, 0.0625], centred
# error 6.2e-17 in float64, 6.5e-08 in float32
@triton.jit
def polynomial_dawson_far(x):
    if x.dtype == tl.float64:
        p = 6.702783561726906e-10 * x + 7.514716258816251e-10
        p = p * x + -5.41602863836242e-09
        p = p * x + -5.703273626980669e-09
        p = p * x + 2.0496598570409922e-08
        p = p * x + 2.030535668601908e-08
        p = p * x + -4.8928465206594306e-08
        p = p * x + -4.646108328153527e-08
        p = p * x + 8.410110415810892e-08
        p = p * x + 8.130656962042491e-08
        p = p * x + -1.1178286827965368e-07
        p = p * x + -1.2648268230238048e-07
        p = p * x + 1.1177612653457242e-07
        p = p * x + 1.9170370022505928e-07
        p = p * x + -4.009520159095451e-08
        p = p * x + -2.512467663849105e-07
        p = p * x + -1.821513481733954e-07
        p = p * x + 7.260084470508347e-08
        p = p * x + 3.2983033727281776e-07
        p = p * x + 5.941487582341672e-07
        p = p * x + 1.1936423115198652e-06
        p = p * x + 3.4758573058539677e-06
        p = p * x + 1.50153555704956e-05
        p = p * x + 9.585187418933793e-05
        p = p * x + 0.0009536645475219477
        p = p * x + 0.017292146289629776
        p = p * x + 1.0164219728980834
    else:
        p = 1.38946711558674e-06 * x + 4.346111381892115e-06
        p = p * x + 1.4979052139096893e-05
        p = p * x + 9.546195360599086e-05
        p = p * x + 0.0009536639554426074
        p = p * x + 0.017292192205786705
        p = p * x + 1.016421914100647
    return p


# (E_1(x) + gamma + log x)/x on [0.0, 1.0], centred
# error 1.8e-17 in float64, 1.3e-08 in float32
@triton.jit
def polynomial_ein(x):
    if x.dtype == tl.float64:
        p = -5.575070247424053e-14 * x + 1.468861577259427e-12
        p = p * x + -3.565610231478228e-11
        p = p * x + 7.990920056740073e-10
        p = p * x + -1.634832596071036e-08
        p = p * x + 3.027425014978342e-07
        p = p * x + -5.024388272123079e-06
        p = p * x + 7.387064025369851e-05
        p = p * x + -0.0009496819183999231
        p = p * x + 0.010541467229713778
        p = p * x + -0.10074547766076357
        p = p * x + 0.8876841582354967
    else:
        p = -5.053078439232195e-06 * x + 7.432615529978648e-05
        p = p * x + -0.0009496675338596106
        p = p * x + 0.010541296564042568
        p = p * x + -0.10074547678232193
        p = p * x + 0.887684166431427
    return p


# x exp(x) E_1(x) in (x - 2)/(x + 2) on [-0.3333333333333333, 1.0], centred
# error 2.0e-17 in float64, 1.6e-08 in float32
@triton.jit
def polynomial_e1_far(x):
    if x.dtype == tl.float64:
        p = 1.665360563021035e-09 * x + 2.2833791588047633e-09
        p = p * x + -8.884869602603872e-09
        p = p * x + -1.1242555759612936e-08
        p = p * x + 2.3084544592711078e-08
        p = p * x + 2.8530020944707457e-08
        p = p * x + -3.563055711250493e-08
        p = p * x + -3.8668611892734854e-08
        p = p * x + 3.598477750870849e-08
        p = p * x + 4.9271327075160456e-08
        p = p * x + -3.401080059476725e-08
        p = p * x + 1.3562838183210075e-08
        p = p * x + -3.3895594783596874e-08
        p = p * x + 1.9883268831969284e-07
        p = p * x + -2.757892838197971e-07
        p = p * x + 9.093660485625873e-07
        p = p * x + -1.5231163467442534e-06
        p = p * x + 4.759418936062512e-06
        p = p * x + -8.721850614330527e-06
        p = p * x + 2.6536105481859566e-05
        p = p * x + -5.219395827001711e-05
        p = p * x + 0.0001617676175910596
        p = p * x + -0.000337985814824255
        p = p * x + 0.0011289560037625772
        p = p * x + -0.0025078525718519405
        p = p * x + 0.010133650725821937
        p = p * x + -0.02430031365429576
        p = p * x + 0.19036949703167486
        p = p * x + 0.8253825996042233
    else:
        p = 9.592004971636925e-06 * x + -1.5347362932516262e-05
        p = p * x + 1.9548719137674198e-05
        p = p * x + -4.3863496102858335e-05
        p = p * x + 0.0001662792346905917
        p = p * x + -0.0003425502509344369
        p = p * x + 0.0011275795986875892
        p = p * x + -0.0025067466776818037
        p = p * x + 0.010133828036487103
        p = p * x + -0.024300411343574524
        p = p * x + 0.19036948680877686
        p = p * x + 0.8253825902938843
    return p


# Li_2(1 - exp(u))/u on [0.0, 0.6931471805599453], centred
# error 6.3e-17 in float64, 4.4e-08 in float32
@triton.jit
def polynomial_dilogarithm(x):
    if x.dtype == tl.float64:
        p = -3.9426335848247717e-14 * x + -4.4457208327205304e-13
        p = p * x + 1.704358199952015e-11
        p = p * x + 1.4735505861456206e-10
        p = p * x + -7.660902753872909e-09
        p = p * x + -4.8059560773568754e-08
        p = p * x + 3.886086263393007e-06
        p = p * x + 1.586755220950783e-05
        p = p * x + -0.0033125562033305784
        p = p * x + -0.09330037484737194
        p = p * x + -1.0899758774468469
    else:
        p = 3.87462478101952e-06 * x + 1.5807670934009366e-05
        p = p * x + -0.0033125518821179867
        p = p * x + -0.09330035746097565
        p = p * x + -1.0899758338928223
    return p


# log(sinh(x)/x)/x^2 in x^2 on [0.0, 1.0]
# error 5.8e-17 in float64, 3.5e-08 in float32
@triton.jit
def polynomial_logsinhc(x):
    if x.dtype == tl.float64:
        p = -7.314265342463367e-12 * x + 1.171013185567001e-10
        p = p * x + -1.3794817745698725e-09
        p = p * x + 1.565521072353068e-08
        p = p * x + -1.8036435208801654e-07
        p = p * x + 2.13777920904266e-06
        p = p * x + -2.6455026347354714e-05
        p = p * x + 0.0003527336860586689
        p = p * x + -0.005555555555555304
        p = p * x + 0.16666666666666666
    else:
        p = 1.7443716160414624e-06 * x + -2.6126599550480023e-05
        p = p * x + 0.0003526190994307399
        p = p * x + -0.005555541254580021
        p = p * x + 0.1666666716337204
    return p


# (coth(x) - 1/x)/x in x^2 on [0.0, 1.0]
# error 5.8e-17 in float64, 5.2e-08 in float32
@triton.jit
def polynomial_langevin(x):
    if x.dtype == tl.float64:
        p = 1.3510705314552227e-11 * x + -2.0757285850662592e-10
        p = p * x + 2.2247445845972577e-09
        p = p * x + -2.2193597397684345e-08
        p = p * x + 2.192484688022599e-07
        p = p * x + -2.1644005530840483e-06
        p = p * x + 2.1377798365740792e-05
        p = p * x + -0.00021164021154233982
        p = p * x + 0.002116402116395886
        p = p * x + -0.022222222222222067
        p = p * x + 0.3333333333333333
    else:
        p = 1.6759178834035993e-05 * x + -0.00020781485363841057
        p = p * x + 0.002115072915330529
        p = p * x + -0.022222058847546577
        p = p * x + 0.3333333432674408
    return p


# sin(pi u)/u in u^2 on [0.0, 0.25]
# error 3.9e-17 in float64, 3.6e-08 in float32
@triton.jit
def polynomial_sinpi(x):
    if x.dtype == tl.float64:
        p = 7.697847275590284e-07 * x + -2.1903499125519212e-05
        p = p * x + 0.00046629981702308817
        p = p * x + -0.007370430506093225
        p = p * x + 0.08214588657312355
        p = p * x + -0.599264529318946
        p = p * x + 2.5501640398773007
        p = p * x + -5.167712780049969
        p = p * x + 3.141592653589793
    else:
        p = 0.07765766233205795 * x + -0.598291277885437
        p = p * x + 2.550077438354492
        p = p * x + -5.167710304260254
        p = p * x + 3.1415927410125732
    return p


# (cos(pi u) - 1)/u^2 in u^2 on [0.0, 0.25]
# error 6.3e-17 in float64, 4.2e-08 in float32
@triton.jit
def polynomial_cospi(x):
    if x.dtype == tl.float64:
        p = 4.166413172508569e-06 * x + -0.00010458287568047126
        p = p * x + 0.0019295626566043713
        p = p * x + -0.025806890026578527
        p = p * x + 0.23533063027221923
        p = p * x + -1.335262768851883
        p = p * x + 4.058712126416736
        p = p * x + -4.934802200544679
    else:
        p = -0.024627506732940674 * x + 0.23507456481456757
        p = p * x + -1.3352400064468384
        p = p * x + 4.058711528778076
        p = p * x + -4.934802055358887
    return p


# log(pi s/sin(pi s))/s^2 in s^2 on [0.0, 0.25]
# error 1.8e-17 in float64, 8.8e-09 in float32
@triton.jit
def polynomial_reflection(x):
    if x.dtype == tl.float64:
        p = 0.43722632917777565 * x + -0.3003381134183199
        p = p * x + 0.2825230237129657
        p = p * x + 0.02571682680189137
        p = p * x + 0.11426280666342475
        p = p * x + 0.10895621389445762
        p = p * x + 0.12522903553281695
        p = p * x + 0.14284932899815442
        p = p * x + 0.16670849690312306
        p = p * x + 0.20019888909095962
        p = p * x + 0.25101933954195277
        p = p * x + 0.33911435398994744
        p = p * x + 0.5411616168555881
        p = p * x + 1.6449340668482264
    else:
        p = 0.3339197039604187 * x + 0.08956072479486465
        p = p * x + 0.21445149183273315
        p = p * x + 0.24970951676368713
        p = p * x + 0.33917078375816345
        p = p * x + 0.5411607027053833
        p = p * x + 1.644934058189392
    return p


# (1 - pi s cot(pi s))/s^2 in s^2 on [0.0, 0.25]
# error 3.7e-17 in float64, 3.1e-08 in float32
@triton.jit
def polynomial_picot(x):
    if x.dtype == tl.float64:
        p = 16.09339942675812 * x + -14.153940370164147
        p = p * x + 11.432698252261984
        p = p * x + -1.4354552380569523
        p = p * x + 2.8459719662024434
        p = p * x + 1.8537945393275639
        p = p * x + 2.0180090362432166
        p = p * x + 1.9984521735361827
        p = p * x + 2.000219710228241
        p = p * x + 2.000488085478612
        p = p * x + 2.0019892620621245
        p = p * x + 2.008154710558983
        p = p * x + 2.0346861239846707
        p = p * x + 2.164646467422223
        p = p * x + 3.289868133696453
    else:
        p = 5.307148456573486 * x + 0.6400414705276489
        p = p * x + 2.2556564807891846
        p = p * x + 1.984709620475769
        p = p * x + 2.0357000827789307
        p = p * x + 2.164630174636841
        p = p * x + 3.289868116378784
    return p


# (log Gamma(1 + e) + gamma e - e + log(1 + e))/e^2 on [-0.5, 0.5]
# error 6.0e-17 in float64, 1.4e-08 in float32
@triton.jit
def polynomial_lgamma(x):
    if x.dtype == tl.float64:
        p = -1.3222786486834336e-07 * x + 2.7481236484688324e-07
        p = p * x + -4.324937770830398e-07
        p = p * x + 9.242268122125518e-07
        p = p * x + -2.043917991404724e-06
        p = p * x + 4.382878242297007e-06
        p = p * x + -9.438712042920153e-06
        p = p * x + 2.0506014693681232e-05
        p = p * x + -4.492631378269199e-05
        p = p * x + 9.945761750759472e-05
        p = p * x + -0.00022315475397498763
        p = p * x + 0.0005096695196154403
        p = p * x + -0.0011927539118440152
        p = p * x + 0.002890510330867062
        p = p * x + -0.007385551028671977
        p = p * x + 0.020580808427783367
        p = p * x + -0.0673523010531981
        p = p * x + 0.3224670334241132
    else:
        p = -0.0002506061573512852 * x + 0.0005632535903714597
        p = p * x + -0.0011874655028805137
        p = p * x + 0.002881930209696293
        p = p * x + -0.007385923061519861
        p = p * x + 0.020581243559718132
        p = p * x + -0.067352294921875
        p = p * x + 0.32246702909469604
    return p


# (psi(1 + e) + gamma - e/(1 + e))/e on [-0.5, 0.5]
# error 5.6e-17 in float64, 2.6e-08 in float32
@triton.jit
def polynomial_digamma(x):
    if x.dtype == tl.float64:
        p = 1.314121849535068e-06 * x + -2.586850462814454e-06
        p = p * x + 3.6141724073614523e-06
        p = p * x + -7.277873180095747e-06
        p = p * x + 1.5343807076199866e-05
        p = p * x + -3.068933513741138e-05
        p = p * x + 6.123699793778882e-05
        p = p * x + -0.0001226966340835882
        p = p * x + 0.0002460877931984205
        p = p * x + -0.0004941902646365998
        p = p * x + 0.0009945750440709244
        p = p * x + -0.002008392729488405
        p = p * x + 0.004077356201186358
        p = p * x + -0.008349277384960219
        p = p * x + 0.017343061984385497
        p = p * x + -0.03692775514332657
        p = p * x + 0.08232323371113867
        p = p * x + -0.20205690315959446
        p = p * x + 0.6449340668482264
    else:
        p = 0.0011656422866508365 * x + -0.002315045101568103
        p = p * x + 0.00403862027451396
        p = p * x + -0.008289912715554237
        p = p * x + 0.01734658144414425
        p = p * x + -0.03693194314837456
        p = p * x + 0.0823231190443039
        p = p * x + -0.20205682516098022
        p = p * x + 0.6449340581893921
    return p


# psi(1 + s + d)/d, psi(1 + s) = 0 on [-0.11964664072341531, 0.16150607177738383]
# error 4.7e-17 in float64, 3.9e-08 in float32
@triton.jit
def polynomial_digamma_root(x):
    if x.dtype == tl.float64:
        p = 0.004226911784303788 * x + -0.007317236232195149
        p = p * x + 0.010572969501374284
        p = p * x + -0.015423747503518515
        p = p * x + 0.022597051337932394
        p = p * x + -0.03316112469445905
        p = p * x + 0.04880429298002146
        p = p * x + -0.07219956131686887
        p = p * x + 0.10782405067345412
        p = p * x + -0.16394270544218786
        p = p * x + 0.2584997609556755
        p = p * x + -0.4427631689835923
        p = p * x + 0.9676722454476212
    else:
        p = -0.0674004852771759 * x + 0.10895644128322601
        p = p * x + -0.1640395224094391
        p = p * x + 0.25849270820617676
        p = p * x + -0.4427628219127655
        p = p * x + 0.9676722288131714
    return p


# x (log Gamma(x) - Stirling's formula) in 1/x^2 on [0.0, 0.015625]
# error 5.5e-17 in float64, 3.1e-08 in float32
@triton.jit
def polynomial_lgamma_far(x):
    if x.dtype == tl.float64:
        p = 0.005067585376254391 * x + -0.0018904619118929264
        p = p * x + 0.0008414714760941705
        p = p * x + -0.0005952365958109722
        p = p * x + 0.0007936507897939822
        p = p * x + -0.0027777777777740443
        p = p * x + 0.08333333333333333
    else:
        p = 0.0007800465100444853 * x + -0.0027776986826211214
        p = p * x + 0.0833333358168602
    return p


# x^2 (psi(x) - log x + 1/(2 x)) in 1/x^2 on [0.0, 0.015625]
# error 5.5e-17 in float64, 4.1e-08 in float32
@triton.jit
def polynomial_digamma_far(x):
    if x.dtype == tl.float64:
        p = 0.29962070226712256 * x + -0.08003408241639204
        p = p * x + 0.02105129161059622
        p = p * x + -0.007575462386546933
        p = p * x + 0.004166665515060363
        p = p * x + -0.003968253966035158
        p = p * x + 0.008333333333331699
        p = p * x + -0.08333333333333333
    else:
        p = -0.003873692359775305 * x + 0.008332785218954086
        p = p * x + -0.0833333358168602
    return p


# ---------------------------------------------------------------- what the language lacks


@triton.jit
def square(x):
    return x * x


@triton.jit
def power(x, n: tl.constexpr):
    result = x
    for _ in tl.static_range(n - 1):
        result = result * x
    return result


@triton.jit
def with_sign_of(y, x):
    """x >= 0 with the sign of y."""
    return tl.where(y < 0.0, -x, x)


@triton.jit
def sign(x):
    return tl.where(x > 0.0, 1.0, tl.where(x < 0.0, -1.0, x))


@triton.jit
def rounding(x):
    """A few units in the last place of x >= 0."""
    if x.dtype == tl.float64:
        unit = 8.881784197001252e-16 * x
    else:
        unit = 4.76837158203125e-07 * x
    return unit


@triton.jit
def infinite(loc, log_scale):
    """Infinity, NaN where an argument is."""
    return tl.where((loc == loc) & (log_scale == log_scale), float("inf"), float("nan"))


@triton.jit
def bounded(x):
    """x with infinities replaced by the largest numbers."""
    if x.dtype == tl.float64:
        x = tl.where(x > 1.7976931348623157e+308, 1.7976931348623157e+308, x)
        x = tl.where(x < -1.7976931348623157e+308, -1.7976931348623157e+308, x)
    else:
        x = tl.where(x > 3.4028234663852886e+38, 3.4028234663852886e+38, x)
        x = tl.where(x < -3.4028234663852886e+38, -3.4028234663852886e+38, x)
    return x


@triton.jit
def settled(finite, loc, log_scale, value, d_loc, d_log_scale):
    """A divergence and its derivatives as they are handed out, in the dtype of loc.

    NaN where an argument is, infinite outside the condition and beyond all numbers, never negative; derivatives are
    finite, and zero where the value is not.
    """
    x = loc
    if x.dtype == tl.float64:
        value = tl.where(finite & (value <= 1.7976931348623157e+308), value, float("inf"))
    else:
        value = tl.where(finite & (value <= 3.4028234663852886e+38), value, float("inf"))
    value = tl.where(value < 0.0, 0.0, value)
    numbers = value < float("inf")
    d_loc = bounded(tl.where(numbers & (d_loc == d_loc), d_loc, 0.0).to(loc.dtype))
    d_log_scale = bounded(tl.where(numbers & (d_log_scale == d_log_scale), d_log_scale, 0.0).to(loc.dtype))
    value = tl.where((loc == loc) & (log_scale == log_scale), value, float("nan"))
    return value.to(loc.dtype), d_loc, d_log_scale


@triton.jit
def infinite_everywhere(loc, log_scale, nodes):
    """The device function of cells that are infinite for every location and scale."""
    zero = tl.zeros(loc.shape, loc.dtype)
    return infinite(loc, log_scale) + zero, zero, zero


# ---------------------------------------------------------------- exponential functions


@triton.jit
def clamped(x):
    """x where exp(x) is a normal number, else the end of that range."""
    if x.dtype == tl.float64:
        x = tl.where(x < -707.4, -707.4, x)
        x = tl.where(x > 710.0, 710.0, x)
    else:
        x = tl.where(x < -86.4, -86.4, x)
        x = tl.where(x > 89.0, 89.0, x)
    return x


@triton.jit
def reduced(x):
    """k, r, exp(r) - 1 - r, 2^(k - 1), where x = k log 2 + r, |r| <= log(2)/2, for clamped x."""
    if x.dtype == tl.float64:
        shifted = x * 1.4426950408889634 + 6755399441056766.0
        k = shifted - 6755399441056766.0
        r = (x - k * 0.6931471806019545) - k * -4.2009150726810846e-11
        half = (shifted.to(tl.int64, bitcast=True) << 52).to(tl.float64, bitcast=True)
    else:
        shifted = x * 1.4426950408889634 + 12583038.0
        k = shifted - 12583038.0
        r = (x - k * 0.693115234375) - k * 3.1946184945309415e-05
        half = (shifted.to(tl.int32, bitcast=True) << 23).to(tl.float32, bitcast=True)
    return k, r, r * r * polynomial_exp(r), half


@triton.jit
def exp(x):
    low = clamped(x)
    _, r, rest, half = reduced(low)
    return tl.where(x < low, 0.0, half * ((rest + r) + 1.0) * 2.0)


@triton.jit
def expm1(x):
    _, r, rest, half = reduced(clamped(x))
    return (half * (rest + r) + (half - 0.5)) * 2.0


@triton.jit
def expm1mx(x):
    """exp(x) - 1 - x"""
    low = clamped(x)
    k, r, rest, half = reduced(low)
    grown = (half * rest + (half - 0.5) * (1.0 + r)) * 2.0
    if x.dtype == tl.float64:
        result = (grown - k * 0.6931471806019545) - k * -4.2009150726810846e-11
    else:
        result = (grown - k * 0.693115234375) - k * 3.1946184945309415e-05
    return tl.where(x < low, -1.0 - x, result)


@triton.jit
def exprel(x):
    """(exp(x) - 1)/x"""
    return tl.where(x == 0.0, 1.0, expm1(x) / tl.where(x == 0.0, 1.0, x))


@triton.jit
def exprel2(x):
    """(exp(x) - 1 - x)/x^2"""
    near = tl.abs(x) < 1e-16
    far = tl.where(near, 1.0, x)
    return tl.where(near, 0.5, expm1mx(far) / far / far)


@triton.jit
def exponential_mean(x):
    """1/x - 1/(exp(x) - 1) for x >= 0"""
    small = tl.where(x < 1.0, x, 1.0)
    far = tl.where(x < 1.0, 1.0, x)
    return tl.where(x < 1.0, exprel2(small) / exprel(small), 1.0 / far - 1.0 / expm1(far))


@triton.jit
def exp_neg_exp(y):
    """exp(-exp(y))"""
    return exp(-exp(y))


@triton.jit
def tanh(x):
    a = tl.abs(x)
    e = expm1(2.0 * tl.where(a > 20.0, 20.0, a))
    return with_sign_of(x, e / (e + 2.0))


@triton.jit
def sinh(x):
    """Where exp(|x|) is finite."""
    e = expm1(tl.abs(x))
    return with_sign_of(x, 0.5 * (e + e / (e + 1.0)))


@triton.jit
def cosh(x):
    """Where exp(|x|) is finite."""
    e = exp(tl.abs(x))
    return 0.5 * e + 0.5 / e


# ---------------------------------------------------------------- logarithms


@triton.jit
def log1p(x):
    u = 1.0 + x
    lost = tl.where(x < 1.0, x - (u - 1.0), 1.0 - (u - x))
    return tl.log(u) + tl.where((u > 0.0) & (u < float("inf")), lost / u, 0.0)


@triton.jit
def log_mean(x, a):
    """log(a exp((a - 1) x) + (1 - a) exp(a x))/(1 - a)"""
    end = 1.0 / (1.0 + a)
    rest = 1.0 - a
    small = tl.minimum(end, tl.maximum(-end, x))
    wide = tl.minimum(40.0, x)  # beyond, exp(x) is all that counts
    near = log1p(a * expm1mx(-rest * small) + rest * expm1mx(a * small)) / rest
    far = log1p(rest * expm1(wide)) / rest - wide + (x - wide) * (a / rest)
    return tl.where(x == small, near, far)


@triton.jit
def log_mean_slope(x, a):
    """a (exp(x) - 1)/(a + (1 - a) exp(x))"""
    close = tl.abs(x) < 0.5
    small = expm1(tl.minimum(0.5, tl.maximum(-0.5, x)))
    far = expm1(tl.where(close, 1.0, x))
    return tl.where(close, a * small / (1.0 + (1.0 - a) * small), a / ((1.0 - a) + 1.0 / far))


@triton.jit
def log1mexp(x):
    """log(1 - exp(x)) for x < 0"""
    return tl.where(x > -0.6931471805599453, tl.log(-expm1(x)), log1p(-exp(x)))


@triton.jit
def softplus(x):
    """log(1 + exp(x))"""
    return tl.where(x < 0.0, 0.0, x) + log1p(exp(-tl.abs(x)))


@triton.jit
def logcosh(x):
    """log(cosh(x))"""
    a = tl.abs(x)
    small = sinh(0.5 * tl.where(a > 1.0, 1.0, a))
    return tl.where(a < 1.0, log1p(2.0 * small * small), a + log1p(exp(-2.0 * a)) - 0.6931471805599453)


@triton.jit
def logistic_energy(z):
    """2 log(2 cosh(z/2))"""
    a = tl.abs(z)
    return a + 2.0 * log1p(exp(-a))


@triton.jit
def logistic_energy_primitive(z):
    """The odd primitive of 2 log(2 cosh(z/2))."""
    a = tl.abs(z)
    u = log1p(exp(-a))
    dilogarithm = u * polynomial_dilogarithm(u * 2.8853900817779268 - 1.0)
    return with_sign_of(z, 0.5 * a * a + (1.6449340668482264 + 2.0 * dilogarithm))


@triton.jit
def logsinhc(x):
    """log(sinh(x)/x)"""
    a = tl.abs(x)
    near = tl.where(a > 1.0, 1.0, x * x)
    large = tl.where(a < 1.0, 1.0, a)
    far = large - tl.log(2.0 * large) + log1p(-exp(-2.0 * large))
    return tl.where(a < 1.0, near * polynomial_logsinhc(near), far)


@triton.jit
def langevin(x):
    """coth(x) - 1/x"""
    a = tl.abs(x)
    near = tl.where(a > 1.0, 1.0, x * x)
    large = tl.where(a < 1.0, 1.0, a)
    far = with_sign_of(x, 1.0 / tanh(large) - 1.0 / large)
    return tl.where(a < 1.0, x * polynomial_langevin(near), far)


# ---------------------------------------------------------------- circular functions


@triton.jit
def atan_unit(t):
    """For t in [0, 1]."""
    z = t * t
    return t + t * z * polynomial_atan(z)


@triton.jit
def atan(x):
    a = tl.abs(x)
    p = atan_unit(tl.where(a > 1.0, 1.0 / a, a))
    return with_sign_of(x, tl.where(a > 1.0, 1.5707963267948966 - p, p))


@triton.jit
def atan2(y, x):
    """For y > 0, which may be infinite."""
    a = tl.abs(x)
    steep = y > a
    t = tl.where(y == a, 1.0, tl.where(steep, a, y) / tl.where(steep, y, a))
    p = atan_unit(t)
    q = tl.where(steep, 1.5707963267948966 - p, p)
    return tl.where(x < 0.0, 3.141592653589793 - q, q)


@triton.jit
def log_reflection(x):
    """log(pi s/sin(pi s)), s = exp(x) < 1"""
    s = exp(x)
    near = tl.where(s > 0.5, 0.25, s * s)
    u = -expm1(x)
    u = tl.where(u > 0.5, 0.5, u)
    far = x - tl.log(u * polynomial_sinpi(u * u)) + 1.1447298858494002
    return tl.where(s < 0.5, near * polynomial_reflection(near), far)


@triton.jit
def one_minus_picot(x):
    """1 - pi s cot(pi s), s = exp(x) < 1"""
    s = exp(x)
    near = tl.where(s > 0.5, 0.25, s * s)
    u = -expm1(x)
    u = tl.where(u > 0.5, 0.5, u)
    v = u * u
    far = 1.0 + 3.141592653589793 * s * (1.0 + v * polynomial_cospi(v)) / (u * polynomial_sinpi(v))
    return tl.where(s < 0.5, near * polynomial_picot(near), far)


# ---------------------------------------------------------------- gamma functions


@triton.jit
def rising(x):
    """x (x + 1) ... (x + 7) and its derivative."""
    product = x
    slope = tl.full(x.shape, 1.0, x.dtype)
    slope = slope * (x + 1.0) + product
    product = product * (x + 1.0)
    slope = slope * (x + 2.0) + product
    product = product * (x + 2.0)
    slope = slope * (x + 3.0) + product
    product = product * (x + 3.0)
    slope = slope * (x + 4.0) + product
    product = product * (x + 4.0)
    slope = slope * (x + 5.0) + product
    product = product * (x + 5.0)
    slope = slope * (x + 6.0) + product
    product = product * (x + 6.0)
    slope = slope * (x + 7.0) + product
    product = product * (x + 7.0)
    return product, slope


@triton.jit
def lgamma(x):
    """For x > 0: recurrence, DLMF 5.5.1, then Stirling's formula, 5.11.1; absolute accuracy at its zeros."""
    low = x < 8.0
    far = tl.where(low, x + 8.0, x)
    inverse = 1.0 / far
    main = far * (tl.log(far) - 1.0) - 0.5 * tl.log(far)  # no infinity less infinity
    result = main + 0.9189385332046728 + inverse * polynomial_lgamma_far(inverse * inverse)
    product, _ = rising(tl.where(low, x, 1.0))
    return result - tl.where(low, tl.log(product), 0.0)


@triton.jit
def digamma(x):
    """For x > 0: recurrence, DLMF 5.5.2, then its asymptotic series, 5.11.2."""
    low = x < 8.0
    far = tl.where(low, x + 8.0, x)
    inverse = 1.0 / far
    v = inverse * inverse
    result = tl.log(far) - 0.5 * inverse + v * polynomial_digamma_far(v)
    product, slope = rising(tl.where(low, x, 1.0))
    return result - tl.where(low, slope / product, 0.0)


@triton.jit
def near_one(x):
    """e = exp(x) - 1, e between -1/2 and 1/2, and whether that is e."""
    e = expm1(x)
    small = tl.where(e < -0.5, -0.5, tl.where(e > 0.5, 0.5, e))
    return e, small, tl.abs(e) < 0.5


@triton.jit
def lgamma_bregman(x):
    """log Gamma(s) + gamma (s - 1), s = exp(x)"""
    e, small, near = near_one(x)
    series = expm1mx(x) + small * small * polynomial_lgamma(small)
    # Gamma(s) = Gamma(1 + s)/s, whose logarithm x stays exact where s underflows
    return tl.where(near, series, lgamma(exp(x) + 1.0) - x + 0.5772156649015329 * e)


@triton.jit
def lgamma_bregman_slope(x):
    """s (psi(s) + gamma), s = exp(x)"""
    e, small, near = near_one(x)
    s = exp(x)
    series = e + s * small * polynomial_digamma(small)
    return tl.where(near, series, s * (digamma(s + 1.0) + 0.5772156649015329) - 1.0)


@triton.jit
def lgamma1p_exp(x):
    """log Gamma(1 + s), s = exp(x)"""
    e, _, near = near_one(x)
    return tl.where(near, x - 0.5772156649015329 * e + lgamma_bregman(x), lgamma(1.0 + exp(x)))


@triton.jit
def digamma1p_exp(x):
    """s psi(1 + s), s = exp(x)"""
    offset = (x - -0.7729869484901428) - 2.0423637982156035e-08
    near = tl.abs(offset) < 0.3
    d = 0.46163214496836236 * expm1(tl.where(near, offset, 0.0))
    s = exp(x)
    return s * tl.where(near, d * polynomial_digamma_root(d), digamma(1.0 + s))


# ---------------------------------------------------------------- error functions, exponential integral


@triton.jit
def erf(x):
    """A polynomial in x^2 near 0, 1 - exp(-p(|x|)) from 1 on."""
    a = tl.abs(x)
    if x.dtype == tl.float64:
        t = (tl.where(a > 6.0, 6.0, a) - 1.0) * 0.4 - 1.0
    else:
        t = (tl.where(a > 4.0, 4.0, a) - 1.0) * 0.6666666666666666 - 1.0
    far = 1.0 - exp(-polynomial_erfc_log(tl.where(a < 1.0, -1.0, t)))
    near = a * polynomial_erf(tl.where(a > 1.0, 1.0, a * a))
    return with_sign_of(x, tl.where(a < 1.0, near, far))


@triton.jit
def erfcx(x):
    """exp(x^2) erfc(x) for x >= 0; Shepherd & Laframboise (1981)."""
    return polynomial_erfcx(1.0 - 6.0 / (x + 3.0)) / (1.0 + 2.0 * x)


@triton.jit
def mills_tail(a, r):
    """exp(a r + r^2/2) erfc((a + r)/sqrt(2)), by erfc(-x) = 2 - erfc(x) where a + r < 0"""
    both = a + r
    edge = exp(-0.5 * a * a) * erfcx(0.7071067811865476 * tl.abs(both))
    return tl.where(both < 0.0, 2.0 * exp(tl.where(both < 0.0, r * (a + 0.5 * r), 0.0)) - edge, edge)


@triton.jit
def mills_deficit(a, r):
    """exp(-a^2/2) - sqrt(pi/2) (a + r) mills_tail(a, r)"""
    both = a + r
    x = 0.7071067811865476 * tl.abs(both)
    edge = exp(-0.5 * a * a)
    left = edge - 1.2533141373155003 * both * mills_tail(a, r)
    on_half_line = 1.0 - 6.0 / (x + 3.0)
    right = edge * polynomial_deficit(on_half_line) / square(1.0 + x)
    return tl.where(both < 0.0, left, right)


@triton.jit
def dawson(x):
    """exp(-x^2) int_0^x exp(t^2) dt: x/(1 + 2 x^2) or 1/(2 x), times a polynomial."""
    a = tl.abs(x)
    small = tl.where(a > 4.0, 4.0, a)
    u = small * small
    near = small * polynomial_dawson(u * 0.125 - 1.0) / (1.0 + 2.0 * u)
    w = 1.0 / tl.where(a < 4.0, 4.0, a)
    far = 0.5 * w * polynomial_dawson_far(w * w * 32.0 - 1.0)
    return with_sign_of(x, tl.where(a < 4.0, near, far))


@triton.jit
def e1_exp(y):
    """E_1(exp(y))"""
    x = exp(tl.where(y > 7.0, 7.0, y))
    small = tl.where(x > 1.0, 1.0, x)
    near = small * polynomial_ein(2.0 * small - 1.0) - 0.5772156649015329 - y
    large = tl.where(x < 1.0, 1.0, x)
    t = 1.0 - 4.0 / (large + 2.0)  # in [-1/3, 1]
    far = exp(-large) / large * polynomial_e1_far(1.5 * t - 0.5)
    return tl.where(x < 1.0, near, far)
