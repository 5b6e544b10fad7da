/*---
description: One row a day that a way of forecasting was judged on when a forecast was trained.
columns:
  - name: model
    description: Name of the trained model.
    data_tests: [not_null]
  - name: training
    description: Version of the challenger of that training.
    data_tests: [not_null]
  - name: version
    description: Version of the model that forecasts so; null where the training made none.
  - name: trained_at
    description: When, UTC.
  - name: algorithm
    description: The way of forecasting.
    data_tests: [not_null]
  - name: origin_date
    description: Last local day that was known.
    data_tests: [not_null]
  - name: listening_date
    description: Local day that was forecast.
    data_tests: [not_null]
  - name: days_ahead
    description: Days between the two.
    data_tests: [not_null]
  - name: actual
    description: What the day had.
    data_tests: [not_null]
  - name: predicted
    description: What was forecast.
    data_tests: [not_null]
  - name: lower
    description: Lower end of the 80 % interval.
  - name: upper
    description: Upper end of the 80 % interval.
data_tests:
  - unique: { columns: [model, training, algorithm, listening_date] }
---*/

with

forecast_backtests as (

    select
        model,
        training,
        version,
        trained_at,
        algorithm,
        origin_date,
        listening_date,
        days_ahead,
        actual,
        predicted,
        lower,
        upper

    from {{source 'bronze.forecast_backtests'}}

)

select * from forecast_backtests
