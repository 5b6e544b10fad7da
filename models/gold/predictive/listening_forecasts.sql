/*---
description: >-
  One row a day to come, the 14 after the last covered day, with the energy, streams and minutes to
  be expected and intervals that hold four of five such days. Listening hardly depends on the day
  before, so that the mean of all days often serves: model_performance_metrics says which way of
  forecasting does and why, forecast_backtest how it did. Empty until forecasts are trained, and
  where the last covered day lies more than 14 days before the run.
columns:
  - name: date
    description: Local day.
    data_tests: [unique, not_null]
  - name: days_ahead
    description: Days after the last covered day, from 1.
    data_tests: [not_null]
  - name: energy
    description: >-
      Mean energy of the streams with features, 0 to 1, if the day has some; null without a
      champion.
    data_tests:
      - range: { min: 0, max: 1 }
  - name: energy_lower
    description: Lower end of its 80 % interval.
  - name: energy_upper
    description: Upper end of it.
  - name: plays
    description: Streams; null without a champion.
    data_tests:
      - range: { min: 0 }
  - name: plays_lower
    description: Lower end of its 80 % interval.
  - name: plays_upper
    description: Upper end of it.
  - name: minutes
    description: Minutes of the streams; null without a champion.
    data_tests:
      - range: { min: 0 }
  - name: minutes_lower
    description: Lower end of its 80 % interval.
  - name: minutes_upper
    description: Upper end of it.
  - name: last_covered_date
    description: Last local day that a source tells of.
    data_tests: [not_null]
  - name: energy_model_version
    description: Version of daily_energy_forecast that predicts.
  - name: plays_model_version
    description: Version of daily_plays_forecast that predicts.
  - name: minutes_model_version
    description: Version of daily_minutes_forecast that predicts.
data_tests:
  - expression: { expression: "coalesce(energy_lower <= energy_upper, true)" }
  - expression: { expression: "coalesce(plays_lower <= plays_upper, true)" }
  - expression: { expression: "coalesce(minutes_lower <= minutes_upper, true)" }
---*/

with

days_to_forecast as (

    select * from {{ref 'days_to_forecast'}}

),

daily_energy_scores as (

    select * from {{ref 'daily_energy_scores'}}

),

daily_plays_scores as (

    select * from {{ref 'daily_plays_scores'}}

),

daily_minutes_scores as (

    select * from {{ref 'daily_minutes_scores'}}

),

days_forecast as (

    select
        days_to_forecast.date,
        days_to_forecast.days_ahead,
        round(daily_energy_scores.prediction, 3) as energy,
        round(daily_energy_scores.lower, 3) as energy_lower,
        round(daily_energy_scores.upper, 3) as energy_upper,
        {{#each (list 'plays' 'minutes') as |measure|}}
        round(daily_{{measure}}_scores.prediction, 1) as {{measure}},
        round(daily_{{measure}}_scores.lower, 1) as {{measure}}_lower,
        round(daily_{{measure}}_scores.upper, 1) as {{measure}}_upper,
        {{/each}}
        days_to_forecast.last_covered_date,
        {{#each (list 'energy' 'plays' 'minutes') as |measure|}}
        daily_{{measure}}_scores.model_version as {{measure}}_model_version{{#unless @last}},{{/unless}}
        {{/each}}

    from days_to_forecast

    {{#each (list 'energy' 'plays' 'minutes') as |measure|}}
    left join daily_{{measure}}_scores
        on days_to_forecast.date = daily_{{measure}}_scores.listening_date

    {{/each}}
    where coalesce(
        daily_energy_scores.prediction,
        daily_plays_scores.prediction,
        daily_minutes_scores.prediction
    ) is not null

    order by days_to_forecast.date

)

select * from days_forecast
