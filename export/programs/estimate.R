# Estimates the preference behind each dataset of an exported file in base R: theta, rho and gamma.
#
#     Rscript estimate.R [FILE]            # choices.csv, choices.parquet or choices.dta beside this script
#
#     V = gamma * (sum_k theta_k * x_k^rho)^(1/rho) + constants,   x = welfare + shift
#     maximise sum(share * log P),                                 P = softmax(V / temperature)
#
# theta is a softmax of three free numbers and 0, rho = 1 - exp(r), gamma = exp(g).

given <- commandArgs(trailingOnly = TRUE)
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
if (length(given) == 0) given <- list.files(dirname(script), "^choices\\.(csv|parquet|dta)$", full.names = TRUE)
file <- given[1]
if (is.na(file)) stop("no file of choices: Rscript estimate.R FILE")
choices <- switch(sub(".*\\.", "", file),
  csv = read.csv(file, na.strings = "", encoding = "UTF-8"),
  parquet = as.data.frame(arrow::read_parquet(file)),
  dta = as.data.frame(haven::read_dta(file))
)
groups <- c("sh", "em", "co", "soc")

estimate <- function(d) {
  d <- d[order(d$choice), ]
  x <- as.matrix(d[paste0("welfare_", groups)]) + d$shift
  l <- log(x)
  id <- match(d$choice, unique(d$choice))
  dummies <- function(names) {
    names[is.na(names)] <- ""
    sapply(setdiff(sort(unique(names)), ""), function(name) as.numeric(names == name))
  }
  constants <- do.call(cbind, Filter(length, list(dummies(d$place_constant), dummies(d$label_constant))))
  if (is.null(constants)) constants <- matrix(0, nrow(d), 0)
  n <- ncol(constants)

  parts <- function(p) {
    theta <- exp(c(p[1:3], 0) - max(p[1:3], 0))
    theta <- theta / sum(theta)
    rho <- 1 - exp(p[4])
    if (abs(rho) < 1e-6) rho <- 1e-6
    middle <- drop(l %*% theta)
    powers <- exp(rho * (l - middle)) # x^rho, each over the geometric mean's
    total <- drop(powers %*% theta)
    u <- exp(middle + log(total) / rho)
    v <- exp(p[5]) * u + drop(constants %*% p[5 + seq_len(n)])
    z <- v / d$temperature
    z <- z - ave(z, id, FUN = max)
    list(theta = theta, rho = rho, powers = powers, total = total, u = u, z = z,
      sum = rowsum(exp(z), id)[id])
  }
  loss <- function(p) {
    with(parts(p), -sum(d$share * (z - log(sum))))
  }
  gradient <- function(p) {
    with(parts(p), {
      residual <- (d$share - exp(z) / sum) / d$temperature
      w <- sweep(powers, 2, theta, "*") / total # shares of the groups in sum_k theta_k x_k^rho
      gu <- exp(p[5]) * u
      by_theta <- sweep(w, 2, theta, "-")[, 1:3] * gu / rho
      by_rho <- gu * (rowSums(w * l) - log(u)) / rho
      -c(crossprod(by_theta, residual), sum(by_rho * residual) * (rho - 1), sum(gu * residual),
        crossprod(constants, residual))
    })
  }

  starts <- expand.grid(rho = c(0.5, -1, -5), gamma = c(0.03, 0.3, 2))
  starts <- lapply(seq_len(nrow(starts)), function(i) {
    c(0, 0, 0, log(1 - starts$rho[i]), log(starts$gamma[i]), rep(0, n))
  })
  starts <- starts[order(sapply(starts, loss))][1:3]
  found <- lapply(starts, function(start) {
    optim(start, loss, gradient, method = "BFGS", control = list(maxit = 1000, reltol = 1e-14))
  })
  best <- found[[which.min(sapply(found, function(one) one$value))]]
  with(parts(best$par), {
    c(setNames(theta, paste0("theta_", toupper(groups))), rho = rho, gamma = exp(best$par[5]),
      loglik = -best$value)
  })
}

cat("dataset,parameter,estimate\n")
counted <- choices[!is.na(choices$share), ]
for (number in sort(unique(counted$dataset))) {
  found <- estimate(counted[counted$dataset == number, ])
  cat(sprintf("%d,%s,%.8f\n", as.integer(number), names(found), found), sep = "")
}
