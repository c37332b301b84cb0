* Estimates the preference behind each dataset of an exported file by ml: theta, rho and gamma.
*
*     stata -b do estimate.do [FILE]       // choices.dta or choices.csv in the working folder
*
*     V = gamma * (sum_k theta_k * x_k^rho)^(1/rho) + constants,   x = welfare + shift
*     maximise sum(share * ln P),                                  P = softmax(V / temperature)
*
* theta is a softmax of t1, t2, t3 and 0, rho = 1 - exp(r), gamma = exp(g).

version 14
args file
clear
set more off
macro drop ces_*
capture program drop ces

if "`file'" == "" {
    local file "choices.dta"
    capture confirm file "`file'"
    if _rc local file "choices.csv"
}
if substr("`file'", -4, 4) == ".dta" {
    use "`file'"
}
else {
    import delimited using "`file'", varnames(1) case(preserve) encoding("utf-8")
    foreach name in place_constant label_constant {
        * A column without any text comes in as numbers.
        capture confirm string variable `name'
        if _rc {
            drop `name'
            generate str1 `name' = ""
        }
    }
}

program define ces
    version 14
    args todo b lnf
    tempname t1 t2 t3 r g sum rho
    tempvar v c top total
    mleval `t1' = `b', eq(1) scalar
    mleval `t2' = `b', eq(2) scalar
    mleval `t3' = `b', eq(3) scalar
    mleval `r' = `b', eq(4) scalar
    mleval `g' = `b', eq(5) scalar
    scalar `sum' = exp(`t1') + exp(`t2') + exp(`t3') + 1
    scalar `rho' = 1 - exp(`r')
    if abs(`rho') < 1e-6 scalar `rho' = 1e-6
    quietly {
        generate double `v' = exp(`g') * ((exp(`t1') * x_sh^`rho' + exp(`t2') * x_em^`rho' ///
            + exp(`t3') * x_co^`rho' + x_soc^`rho') / `sum')^(1 / `rho')
        if "$ces_dummies" != "" {
            mleval `c' = `b', eq(6)
            replace `v' = `v' + `c'
        }
        replace `v' = `v' / temperature
        egen double `top' = max(`v'), by(choice)
        egen double `total' = total(exp(`v' - `top')), by(choice)
    }
    mlsum `lnf' = share * (`v' - `top' - ln(`total'))
end

display "dataset,parameter,estimate"
quietly levelsof dataset, local(datasets)
foreach d of local datasets {
    preserve
    quietly keep if dataset == `d' & !missing(share)
    quietly count
    if r(N) == 0 {
        restore
        continue
    }
    foreach group in sh em co soc {
        quietly generate double x_`group' = welfare_`group' + shift
    }
    global ces_dummies
    foreach kind in place_constant label_constant {
        quietly levelsof `kind' if `kind' != "", local(names) clean
        foreach name of local names {
            quietly generate byte `name' = `kind' == "`name'"
            global ces_dummies $ces_dummies `name'
        }
    }
    local constants
    if "$ces_dummies" != "" local constants (constants: = $ces_dummies, noconstant)
    local best = .
    foreach start in 0.5 -1 -5 {
        local r = ln(1 - `start')
        quietly ml model d0 ces /t1 /t2 /t3 /r /g `constants'
        quietly ml init /t1=0 /t2=0 /t3=0 /r=`r' /g=-1
        capture quietly ml maximize, difficult iterate(500) tolerance(1e-9) ltolerance(1e-12) nrtolerance(1e-9)
        if _rc continue
        if missing(`best') | e(ll) > `best' {
            local best = e(ll)
            forvalues k = 1/3 {
                local e`k' = exp([t`k']_b[_cons])
            }
            local sum = `e1' + `e2' + `e3' + 1
            local rho = 1 - exp([r]_b[_cons])
            local gamma = exp([g]_b[_cons])
        }
    }
    if !missing(`best') {
        display "`d',theta_SH," %10.8f `e1' / `sum'
        display "`d',theta_EM," %10.8f `e2' / `sum'
        display "`d',theta_CO," %10.8f `e3' / `sum'
        display "`d',theta_SOC," %10.8f 1 / `sum'
        display "`d',rho," %12.8f `rho'
        display "`d',gamma," %12.8f `gamma'
        display "`d',loglik," %16.8f `best'
    }
    restore
}
