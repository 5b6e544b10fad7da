/*---
description: >-
  One row a day of the past that a forecast of days was judged on, by each way of forecasting that was
  tried: what was forecast from what was known up to 14 days before, and what came. Origins lie 14
  days apart, so each day stands here once a way. The rows are of the training that made the version
  that serves. Empty until forecasts are trained.
columns:
  - name: model_name
    description: Name of the trained model, daily_energy_forecast and so on.
    data_tests: [not_null]
  - name: model_type
    description: The way of forecasting; flat_mean, the mean of all days, is the baseline.
    data_tests: [not_null]
  - name: is_champion
    description: Whether the version that serves forecasts in this way.
    data_tests: [not_null]
  - name: origin_date
    description: Last local day that was known.
    data_tests: [not_null]
  - name: date
    description: Local day that was forecast.
    data_tests: [not_null]
  - name: days_ahead
    description: Days between the two, 1 to 14.
    data_tests: [not_null]
  - name: actual
    description: What the day had. Days without a value, as energy on quiet days, are left out.
    data_tests: [not_null]
  - name: predicted
    description: What was forecast.
    data_tests: [not_null]
  - name: lower
    description: Lower end of the 80 % interval.
  - name: upper
    description: Upper end of it.
  - name: is_inside
    description: Whether the day lay inside the interval; four of five should.
    data_tests: [not_null]
  - name: absolute_error
    description: Distance between actual and predicted.
  - name: model_version
    description: Version of the model that serves.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [model_name, model_type, date] }
---*/

with

forecast_backtests as (

    select * from {{ref 'forecast_backtests'}}

),

model_decisions as (

    select * from {{ref 'model_decisions'}}

),

serving as (

    select model, max_by(serves, decision_number) filter (where serves is not null) as version
    from model_decisions

    group by model

),

trainings_serving as (

    select distinct
        forecast_backtests.model,
        forecast_backtests.training,
        forecast_backtests.version

    from forecast_backtests

    inner join serving
        on forecast_backtests.model = serving.model
        and forecast_backtests.version = serving.version

),

days_compared as (

    select
        forecast_backtests.model as model_name,
        forecast_backtests.algorithm as model_type,
        coalesce(forecast_backtests.version = trainings_serving.version, false) as is_champion,
        forecast_backtests.origin_date,
        forecast_backtests.listening_date as date,
        forecast_backtests.days_ahead,
        round(forecast_backtests.actual, 3) as actual,
        round(forecast_backtests.predicted, 3) as predicted,
        round(forecast_backtests.lower, 3) as lower,
        round(forecast_backtests.upper, 3) as upper,
        forecast_backtests.actual between forecast_backtests.lower and forecast_backtests.upper
            as is_inside,
        round(abs(forecast_backtests.actual - forecast_backtests.predicted), 3) as absolute_error,
        trainings_serving.version as model_version

    from forecast_backtests

    inner join trainings_serving
        on forecast_backtests.model = trainings_serving.model
        and forecast_backtests.training = trainings_serving.training

    order by model_name, model_type, date

)

select * from days_compared
